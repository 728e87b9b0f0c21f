import assert from 'node:assert/strict'
import {CODES} from '../../../../src/diagnostics/catalogue.js'
import {EXAMPLES} from '../../../../src/diagnostics/examples/examples.js'
import {explainText, rulesJson, rulesText} from '../../../../src/lint/formats/rules-report.js'

describe('rulesText', () => {
  it('has a line for each code', () => {
    const lines = rulesText().trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      CODES,
    )
    assert.match(rulesText(), /^port-unknown +error +The part after the slash .*\.$/m)
  })
})

describe('rulesJson', () => {
  it('lists all rules, or the given ones', () => {
    assert.equal(JSON.parse(rulesJson(undefined, EXAMPLES)).length, CODES.length)
    const [rule, ...others] = JSON.parse(rulesJson(['port-unknown'], EXAMPLES))
    assert.deepEqual(others, [])
    assert.deepEqual(Object.keys(rule), ['code', 'severity', 'reason', 'since', 'bad', 'good'])
  })
})

describe('explainText', () => {
  it('prints reason, version, and a bad and a good example', () => {
    const text = explainText('port-privileged', EXAMPLES['port-privileged'])
    assert.match(
      text,
      /^port-privileged: warning, since 2\.0\.0\n\nOn most hosts only root may listen on ports below 1024/,
    )
    assert.match(
      text,
      /\nWith lbex check --unprivileged-nginx:\n\nBad:\n\n {4}apiVersion: v1\n[^]*\nGood:\n\n {4}api/,
    )
  })

  it('explains why there is no example', () => {
    assert.match(
      explainText('nodes-forbidden', EXAMPLES['nodes-forbidden']),
      /\n\nNo manifest causes it: only an API server can deny access to Nodes\.\nWhat to do: allow list and watch of nodes .*\.\n$/,
    )
  })
})
