import assert from 'node:assert/strict'
import type {LbexState} from '../../../src/core/state/lbex-state.js'
import type {PortTraffic} from '../../../src/core/state/traffic-state.js'
import {topJson, topText} from '../../../src/report/top-report.js'

const serviceWith = (name: string, traffic?: PortTraffic[]): LbexState['services'][number] => {
  const known = {namespace: 'shop', name, state: 'served', listeners: [], diagnostics: []} as const
  return traffic ? {...known, traffic} : known
}

const port: Pick<PortTraffic, 'port' | 'protocol'> = {port: 443, protocol: 'TCP'}

const STATE: LbexState = {
  version: 1,
  at: '2026-01-02T03:04:05.000Z',
  traffic: {samplingRatio: 1},
  summary: {read: 4, selected: 4, served: 4, partial: 0, notServed: 0, errors: 0, warnings: 0},
  services: [
    serviceWith('api', [
      {...port, connections: 0, connectionsPerSecond: 0, receivedPerSecond: 0, sentPerSecond: 0},
      {...{port: 53, protocol: 'UDP'}, connections: 2, connectionsPerSecond: 0.05, receivedPerSecond: 2048},
    ]),
    serviceWith('idle'),
    serviceWith('new', [port]),
    serviceWith('web', [
      {
        ...port,
        connections: 7,
        connectionsPerSecond: 3.25,
        receivedPerSecond: 812,
        sentPerSecond: 20_480_000,
      },
    ]),
  ],
  diagnostics: [],
}

/** NAME:PORT of each line. */
function orderOf(output: string): string[] {
  return output
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(/ +/).slice(1, 3).join(':').replace(/\/.*/, ''))
}

describe('the report of lbex top', () => {
  it('has a line for each port with traffic, the highest rate first', () => {
    const {output, notes, exitCode} = topText(STATE, {sortBy: 'connections'})
    assert.equal(
      output,
      `NAMESPACE  NAME  PORT     CONNECTIONS/s  ACTIVE  IN/s     OUT/s
shop       web   443/TCP  3.3            7       812 B    20 MiB
shop       api   53/UDP   <0.1           2       2.0 KiB  -
shop       api   443/TCP  0              0       0 B      0 B
shop       new   443/TCP  -              ?       -        -
`,
    )
    assert.deepEqual([notes, exitCode], ['', 0])
  })

  it('is sorted by each value, and by name', () => {
    const order = (sortBy: Parameters<typeof topText>[1]['sortBy']) =>
      orderOf(topText(STATE, {sortBy}).output)
    assert.deepEqual(order('active'), ['web:443', 'api:53', 'api:443', 'new:443'])
    assert.deepEqual(order('in'), ['api:53', 'web:443', 'api:443', 'new:443'])
    assert.deepEqual(order('out'), ['web:443', 'api:443', 'api:53', 'new:443'])
    assert.deepEqual(order('name'), ['api:443', 'api:53', 'new:443', 'web:443'])
  })

  it('fits into the terminal, and says how many lines are hidden', () => {
    const screen = {rows: 6, columns: 20}
    assert.equal(
      topText(STATE, {sortBy: 'connections', screen}).output,
      'NAMESPACE  NAME  POR\nshop       web   443\nshop       api   53/\n2 more: use a larger\n',
    )
    const large = {rows: 24, columns: 80}
    const {output} = topText(STATE, {sortBy: 'connections', screen: large})
    assert.equal(output, topText(STATE, {sortBy: 'connections'}).output)
  })

  it('says that there is nothing to show, and that rates are estimates', () => {
    const empty = topText({...STATE, services: [serviceWith('idle')]}, {sortBy: 'connections'})
    assert.deepEqual([empty.output, empty.notes], ['', 'no port of these Services is served\n'])
    const sampled = topText({...STATE, traffic: {samplingRatio: 0.5}}, {sortBy: 'connections'})
    assert.match(sampled.notes, /^warning: the rates are estimates: /)
  })

  it('has the same rows as JSON', () => {
    const {output, medium} = topJson(STATE, {sortBy: 'in'})
    const value = JSON.parse(output) as {version: number; samplingRatio: number; ports: object[]}
    assert.deepEqual([value.version, value.samplingRatio, medium], [1, 1, 'json'])
    assert.deepEqual(value.ports[0], {
      ...{namespace: 'shop', name: 'api', port: 53, protocol: 'UDP'},
      ...{connections: 2, connectionsPerSecond: 0.05, receivedPerSecond: 2048},
    })
    assert.equal(value.ports.length, 4)
  })
})
