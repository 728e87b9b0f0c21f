import assert from 'node:assert/strict'
import type {LbexState} from '../../../src/core/state/lbex-state.js'
import {StatusChanges} from '../../../src/report/status-changes.js'
import {statusRows, statusText, statusValue} from '../../../src/report/status-report.js'

const servers = [
  {address: '10.0.0.7:80', healthy: true},
  {address: '10.0.0.8:80', healthy: false, problem: 'connection refused'},
]

const STATE: LbexState = {
  version: 1,
  at: '2026-01-02T03:04:05.000Z',
  lbex: {version: '2.0.0', pid: 7, startedAt: '2026-01-02T00:00:00.000Z', phase: 'serving', problems: []},
  nginx: {version: '1.26.3', serving: true, oldWorkers: 0},
  source: {stale: false, kinds: [{kind: 'Service', age: 1}]},
  summary: {read: 5, selected: 2, served: 1, partial: 0, notServed: 1, errors: 1, warnings: 0},
  services: [
    {
      ...{namespace: 'shop', name: 'postgres', state: 'served'},
      listeners: [
        {
          ...{
            listener: '0.0.0.0:5432/TCP',
            state: 'served',
            servicePort: 5432,
            portName: 'sql',
            check: 'tcp',
            servers,
          },
          ...{reason: '10.0.0.8:80 fails its check', since: '2026-01-02T00:00:01.000Z'},
        },
      ],
      diagnostics: [],
    },
    {
      ...{namespace: 'shop', name: 'web', state: 'not-served', reason: 'no port has a listen port'},
      ...{listeners: [], diagnostics: []},
    },
  ],
  diagnostics: [],
}

describe('the report of lbex status', () => {
  it('has a line for each listener, and one for a Service without listeners', () => {
    const {output, notes, exitCode} = statusText(STATE, {wide: false})
    assert.equal(
      output,
      `NAMESPACE  NAME      LISTEN            SERVERS  STATE       REASON
shop       postgres  0.0.0.0:5432/TCP  1/2      served      10.0.0.8:80 fails its check
shop       web       -                 -        not-served  no port has a listen port
`,
    )
    assert.equal(notes, 'lbex 2.0.0 (process 7): 5 Services, 2 ask for lbex, 1 served, 1 not served\n')
    assert.equal(exitCode, 1)
  })

  it('has one line for a range of listen ports, and others for the ports that differ', () => {
    const listeners = [20_000, 20_001, 20_002, 20_003].map((port) => ({
      ...{listener: `0.0.0.0:${port}/UDP`, servicePort: 5004, portName: 'rtp', servers: []},
      state: port === 20_002 ? ('no-backend' as const) : ('served' as const),
    }))
    const service = {
      ...{namespace: 'shop', name: 'media', state: 'partial' as const},
      listeners,
      diagnostics: [],
    }
    const {output} = statusText({...STATE, services: [service]}, {wide: false})
    assert.equal(
      output,
      `NAMESPACE  NAME   LISTEN                   SERVERS  STATE       REASON
shop       media  0.0.0.0:20000-20001/UDP  ?        served
shop       media  0.0.0.0:20002/UDP        0/0      no-backend
shop       media  0.0.0.0:20003/UDP        ?        served
`,
    )
  })

  it('has more columns with wide', () => {
    const [header, line] = statusText(STATE, {wide: true}).output.split('\n')
    assert.match(header ?? '', /^NAMESPACE +NAME +LISTEN +PORT +SERVERS +CHECK +SINCE +STATE +REASON$/)
    assert.match(line ?? '', / 5432\/sql +1\/2 +tcp +2026-01-02T00:00:01\.000Z +served /)
  })

  it('has the open connections and the rate if the traffic is counted', () => {
    const [postgres, web] = STATE.services
    const traffic = [
      {port: 5432, protocol: 'TCP' as const, connections: 12, connectionsPerSecond: 3.25},
      {port: 5432, protocol: 'UDP' as const, connections: 99},
    ]
    const counted = {...STATE, traffic: {samplingRatio: 1}, services: [{...postgres!, traffic}, web!]}
    assert.equal(
      statusText(counted, {wide: false}).output,
      `NAMESPACE  NAME      LISTEN            SERVERS  CONNECTIONS  RATE   STATE       REASON
shop       postgres  0.0.0.0:5432/TCP  1/2      12           3.3/s  served      10.0.0.8:80 fails its check
shop       web       -                 -        -            -      not-served  no port has a listen port
`,
    )
    const estimated = statusText({...counted, traffic: {samplingRatio: 0.5}}, {wide: false})
    assert.match(estimated.notes, /^warning: the rates are estimates: /)
  })

  it('shows the traffic of a range, and what is not known about it', () => {
    const [postgres] = STATE.services
    const listeners = [5432, 5433].map((port) => ({
      ...postgres!.listeners[0]!,
      listener: `0.0.0.0:${port}/TCP`,
      servers: [],
    }))
    const cellsOf = (connectionsPerSecond: number, connections?: number) => {
      const port = {port: 5432, protocol: 'TCP' as const, connectionsPerSecond}
      const traffic = [{...port, ...(connections !== undefined && {connections})}]
      const services = [{...postgres!, listeners, traffic}]
      return statusRows({services, traffic: {samplingRatio: 1}}, {wide: false})[1]?.slice(2, 6)
    }
    assert.deepEqual(cellsOf(1234.5, 7), ['0.0.0.0:5432-5433/TCP', '?', '7', '1235/s'])
    assert.deepEqual(cellsOf(0.05), ['0.0.0.0:5432-5433/TCP', '?', '?', '<0.1/s'])
    assert.deepEqual(cellsOf(0, 0), ['0.0.0.0:5432-5433/TCP', '?', '0', '0/s'])
  })

  it('warns if lbex, NGINX or the copy of the cluster has a problem', () => {
    const lbex = {...STATE.lbex!, phase: 'resumed', problems: ['the API server is down']} as const
    const {notes} = statusText(
      {
        ...STATE,
        lbex,
        nginx: {version: '1.26.3', serving: false, oldWorkers: 0},
        source: {stale: true, kinds: [{kind: 'Node', problem: 'forbidden'}]},
        diagnostics: [
          {object: 'Service a/b', code: 'class-misspelt', severity: 'error', message: 'misspelt'},
          {object: 'Node a', code: 'other', severity: 'warning', message: 'not shown'},
        ],
      },
      {wide: false},
    )
    assert.deepEqual(notes.split('\n').slice(0, -2), [
      'warning: nothing could be read yet: NGINX serves the configuration of an earlier lbex',
      'warning: the API server is down',
      'warning: NGINX does not serve',
      'warning: the copy of the cluster is out of date',
      'warning: Node objects cannot be read: forbidden',
      'Service a/b: error class-misspelt misspelt',
    ])
  })

  it('shows what an lbex would serve', () => {
    const {version, at, summary, diagnostics} = STATE
    const {output, notes, exitCode} = statusText(
      {...{version, at, diagnostics}, summary: {...summary, partial: 1}, services: []},
      {wide: false},
    )
    const counts = '5 Services, 2 ask for lbex, 1 served, 1 in part, 1 not served'
    assert.deepEqual([output, notes, exitCode], ['', `as lbex would serve: ${counts}\n`, 0])
  })

  it('has the whole state as JSON', () => {
    const {output, medium, exitCode} = statusValue(STATE, (value) => JSON.stringify(value))
    assert.deepEqual(JSON.parse(output), STATE)
    assert.deepEqual([medium, exitCode], ['json', 1])
  })
})

describe('the changes of lbex status --watch', () => {
  const withServices = (services: LbexState['services']): LbexState => ({...STATE, services})
  const [postgres, web] = STATE.services as [LbexState['services'][number], LbexState['services'][number]]

  it('are the lines that changed, with the columns of the table', () => {
    const changes = new StatusChanges(STATE, {wide: false})
    assert.equal(changes.update(STATE), '')
    const [listener] = postgres.listeners
    const {reason: _, ...healthy} = {...listener!, servers: [servers[0]!]}
    assert.equal(
      changes.update(withServices([{...postgres, listeners: [healthy]}, web])),
      'shop       postgres  0.0.0.0:5432/TCP  1/1      served\n',
    )
  })

  it('are not the numbers of connections, which a changed line has', () => {
    const counted = (connections: number, state: 'served' | 'conflict' = 'served'): LbexState => ({
      ...withServices([
        {
          ...postgres,
          listeners: [{...postgres.listeners[0]!, state}],
          traffic: [{port: 5432, protocol: 'TCP', connections}],
        },
      ]),
      traffic: {samplingRatio: 1},
    })
    const changes = new StatusChanges(counted(1), {wide: false})
    assert.equal(changes.update(counted(2)), '')
    assert.match(changes.update(counted(3, 'conflict')), / 1\/2 +3 +- +conflict /)
  })

  it('mark a listener that is gone', () => {
    const changes = new StatusChanges(STATE, {wide: false})
    assert.equal(
      changes.update(withServices([web])),
      'shop       postgres  0.0.0.0:5432/TCP  1/2      gone\n',
    )
    assert.equal(changes.update(withServices([web])), '')
  })

  it('distinguish two ports that request the same listener', () => {
    const [listener] = postgres.listeners
    const twice = {...postgres, listeners: [listener!, {...listener!, state: 'conflict'} as const]}
    const changes = new StatusChanges(withServices([twice]), {wide: false})
    assert.equal(changes.update(withServices([twice])), '')
    assert.match(changes.update(withServices([postgres])), /gone\n$/)
  })
})
