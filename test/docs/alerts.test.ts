/** The alerts that we show: each asks for metrics, labels and values that there are, and each is explained. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import {METRICS, type MetricDefinition} from '../../src/controller/metrics/catalogue.js'
import {CODES} from '../../src/diagnostics/catalogue.js'
import {codeIn, tableBelow} from '../support/markdown-table.js'

type Rule = {
  readonly alert: string
  readonly expr: string
  readonly labels: {readonly severity: string}
  readonly annotations: {readonly summary: string; readonly action: string}
}

const {groups} = parse(read('deploy/monitoring/alerts.yaml')) as {groups: {rules: Rule[]}[]}
const rules = groups.flatMap((group) => group.rules)
const definitions: readonly MetricDefinition[] = Object.values(METRICS)

/** `lbex_services{state!="served"}`; the braces may be missing. */
const SELECTOR = /\b(lbex_\w+)(?:\{([^}]*)\})?/g
const MATCHER = /(\w+)(?:=|!=|=~|!~)"([^"]*)"/g

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}

/** A histogram is asked for by its parts. */
function isNameOf({name, type}: MetricDefinition, asked: string): boolean {
  return type === 'histogram'
    ? ['bucket', 'sum', 'count'].some((part) => asked === `${name}_${part}`)
    : asked === name
}

function problemsOf({expr}: Rule): string[] {
  return [...expr.matchAll(SELECTOR)].flatMap(([, name = '', matchers = '']) => {
    const definition = definitions.find((each) => isNameOf(each, name))
    if (!definition) return [`there is no metric ${name}`]
    return [...matchers.matchAll(MATCHER)].flatMap(([, label = '', value = '']) =>
      problemWith(definition, label, value),
    )
  })
}

function problemWith({name, labels = {}}: MetricDefinition, label: string, value: string): string[] {
  const values = labels[label]
  if (values === undefined) return [`${name} has no label ${label}`]
  const known = label === 'code' ? CODES : Object.keys(values)
  return known.includes(value as never) ? [] : [`${name} has no ${label} ${value}`]
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
