import assert from 'node:assert/strict'
import {valueOf} from '../../../support/exposition.js'
import {newInstruments} from './samples.js'

describe('createInstruments', () => {
  it('has 0 for what has not happened yet, so that the first time shows', async () => {
    const told = newInstruments()
    const families = await told.families()
    const zeros = [
      ['lbex_reconcile_total', {result: 'failed'}],
      ['lbex_nginx_reloads_total', {result: 'refused', reason: 'change'}],
      ['lbex_nginx_starts_total', {result: 'confirmed'}],
      ['lbex_nginx_unexpected_exits_total', {}],
      ['lbex_nginx_test_duration_seconds_count', {result: 'refused'}],
      ['lbex_network_programming_duration_seconds_count', {}],
    ] as const
    for (const [name, labels] of zeros) assert.equal(valueOf(families, name, labels), 0, name)
  })

  it('has the buckets of kube-proxy', async () => {
    const told = newInstruments()
    const lines = await told.lines('lbex_network_programming_duration_seconds_bucket')
    const bounds = lines.map((line) => /le="(.*?)"/.exec(line)?.[1])
    assert.equal(bounds.length, 2 + 59 + 12 + 7 + 1)
    assert.deepEqual(bounds.slice(0, 4), ['0.25', '0.5', '1', '2'])
    assert.deepEqual(bounds.slice(58, 64), ['57', '58', '59', '60', '65', '70'])
    assert.deepEqual(bounds.slice(-9), ['115', '120', '150', '180', '210', '240', '270', '300', '+Inf'])
  })
})
