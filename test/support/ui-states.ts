/** States of an lbex for tests of the status page: some Services of each kind, or thousands. */
import type {DebugState} from '../../src/core/state/debug-state.js'
import type {ChangeState, LbexState} from '../../src/core/state/lbex-state.js'
import type {DiagnosticState, ListenerState, ServiceState} from '../../src/core/state/service-state.js'
import type {TrafficNow} from '../../src/core/state/traffic-state.js'

const AT = '2026-01-02T03:04:05.000Z'

/** What the debug state of an lbex is at least. */
export const A_DEBUG_STATE: DebugState = {
  ...{version: 1, at: AT, backoffs: [], quarantine: [], queues: {}},
  lbex: {version: '2.0.0', pid: 7, startedAt: AT, phase: 'serving'},
  nginx: {
    ...{version: '1.22.1', plus: false, liveUpdates: false, realClientAddress: true, serverNames: true},
    ...{serving: true, oldWorkers: 0},
  },
}

function listener(port: number, more: Partial<ListenerState> = {}): ListenerState {
  return {
    ...{listener: `0.0.0.0:${port}/TCP`, state: 'served', servicePort: 80, portName: 'http'},
    servers: [
      {address: '10.0.0.7:30080', healthy: true},
      {address: '10.0.0.8:30080', healthy: true},
    ],
    since: '2026-01-02T01:00:00.000Z',
    ...more,
  }
}

export function aServiceState(name: string, more: Partial<ServiceState> = {}): ServiceState {
  return {namespace: 'shop', name, state: 'served', listeners: [listener(8080)], diagnostics: [], ...more}
}

const CONFLICT: DiagnosticState = {
  ...{code: 'port-conflict', severity: 'error'},
  message: 'port 8080/TCP is requested by shop/web, which is older',
  hint: 'choose another port with loadbalancer.lbex/http, or remove the other Service',
}

const UNHEALTHY: DiagnosticState = {
  ...{code: 'server-fails-check', severity: 'warning'},
  message:
    'server 10.0.0.12:5432 (connection refused, since 2026-01-05T09:12:30.000Z) fails its health check and gets no new connections',
}

export const FEW: readonly ServiceState[] = [
  aServiceState('api', {
    listeners: Array.from({length: 5}, (_, index) => listener(9000 + index)),
  }),
  aServiceState('other', {
    state: 'not-served',
    reason: CONFLICT.message,
    listeners: [listener(8080, {state: 'conflict', servers: [], reason: CONFLICT.message})],
    diagnostics: [CONFLICT],
  }),
  aServiceState('postgres', {
    listeners: [
      listener(5432, {
        ...{check: 'tcp', portName: 'sql', hosts: ['db.example.com']},
        servers: [
          {address: '10.0.0.11:5432', healthy: true},
          {address: '10.0.0.12:5432', healthy: false, problem: 'connection refused'},
        ],
      }),
    ],
    diagnostics: [UNHEALTHY],
  }),
  aServiceState('web'),
  aServiceState('<script>alert(1)</script>', {state: 'partial', reason: 'a "reason" & more'}),
]

const HISTORY: readonly ChangeState[] = [
  ...[
    {at: AT, kind: 'live', result: 'confirmed', upstreams: 2, seconds: 0.004, generation: 'abc123'} as const,
  ],
  ...Array.from({length: 11}, () => {
    return {
      at: AT,
      kind: 'reload',
      reason: 'change',
      result: 'confirmed',
      seconds: 0.12,
      generation: 'def',
    } as const
  }),
  {at: AT, kind: 'start', result: 'refused', seconds: 1},
  {at: AT, kind: 'exit'},
]

export function aState(services: readonly ServiceState[], more: Partial<LbexState> = {}): LbexState {
  const countOf = (state: ServiceState['state']) =>
    services.filter((service) => service.state === state).length
  const [served, partial] = [countOf('served'), countOf('partial')]
  return {
    ...{version: 1, at: AT, services, history: HISTORY},
    lbex: {
      version: '2.0.0',
      pid: 4711,
      startedAt: '2026-01-01T03:04:05.000Z',
      phase: 'serving',
      problems: [],
    },
    nginx: {
      ...{version: '1.26.3', serving: true, pid: 4712, generation: 'def', oldWorkers: 1},
      liveUpdates: {working: true, upstreams: 2},
    },
    source: {
      stale: false,
      kinds: [
        {kind: 'Service', age: 3},
        {kind: 'EndpointSlice', age: 75},
        {kind: 'Node', problem: 'the server answers 403'},
      ],
    },
    summary: {
      ...{read: services.length + 7, selected: services.length, served, partial},
      ...{notServed: services.length - served - partial, errors: 1, warnings: 1},
    },
    diagnostics: [{object: 'Node a', code: 'no-internal-ip', severity: 'info', message: 'node a is skipped'}],
    ...more,
  }
}

export function manyServices(count: number): ServiceState[] {
  return Array.from({length: count}, (_, index) =>
    aServiceState(`web-${String(index).padStart(4, '0')}`, {
      listeners: [listener(10_000 + index)],
      ...(index % 50 === 7 && {state: 'not-served', reason: CONFLICT.message, diagnostics: [CONFLICT]}),
    }),
  )
}

/** The same traffic for each Service but the first one, which has more. */
export function aTraffic(services: readonly ServiceState[], factor = 1): TrafficNow {
  return {
    samplingRatio: 1,
    services: new Map(
      services.map(({namespace, name}, index) => [
        `${namespace}/${name}`,
        [
          {
            ...{port: 8080, protocol: 'TCP', connections: index === 0 ? 1200 : 12},
            ...{connectionsPerSecond: 3.5 * factor, receivedPerSecond: 900, sentPerSecond: 250_000 * factor},
          },
        ],
      ]),
    ),
  }
}

export function withTraffic(state: LbexState, {services, samplingRatio}: TrafficNow): LbexState {
  return {
    ...{...state, traffic: {samplingRatio}},
    services: state.services.map((service) => {
      const traffic = services.get(`${service.namespace}/${service.name}`)
      return traffic ? {...service, traffic} : service
    }),
  }
}
