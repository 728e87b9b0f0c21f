/** The alerts that we show: each asks for metrics, labels and values that there are, and each is explained. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import {codeIn, tableBelow} from '../support/markdown-table.js'
import {queryProblems} from '../support/metric-queries.js'

type Rule = {
  readonly alert: string
  readonly expr: string
  readonly labels: {readonly severity: string}
  readonly annotations: {readonly summary: string; readonly action: string}
}

const {groups} = parse(read('deploy/monitoring/alerts.yaml')) as {groups: {rules: Rule[]}[]}
const rules = groups.flatMap((group) => group.rules)

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}

function problemsOf({expr}: Rule): string[] {
  return queryProblems(expr)
}

describe('the alerts', () => {
  for (const rule of rules) {
    it(`${rule.alert} asks for what there is, and says what to do`, () => {
      assert.deepEqual(problemsOf(rule), [])
      assert.match(rule.expr, /\blbex_|^up\{job="lbex"\}/)
      assert.match(rule.labels.severity, /^(critical|warning)$/)
      assert.match(rule.annotations.summary, /\.$/)
      assert.match(rule.annotations.action, /\.$/)
    })
  }

  it('find what is wrong with a rule', () => {
    const broken = 'lbex_nginx_alive == 0 or lbex_services{status="x"} or lbex_services{state="x"}'
    assert.deepEqual(problemsOf({...rules[0], expr: broken} as Rule), [
      'there is no metric lbex_nginx_alive',
      'lbex_services has no label status',
      'lbex_services has no state x',
    ])
  })

  it('have a row each in the operations guide', () => {
    const explained = tableBelow(read('docs/operations.md'), 'Alerts').flatMap(([name = '']) => codeIn(name))
    assert.deepEqual(
      explained,
      rules.map(({alert}) => alert),
    )
  })
})
