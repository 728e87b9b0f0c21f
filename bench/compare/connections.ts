/** New TCP connections: how many in a second, and what each costs. */
import {freePorts} from '../../test/support/ports.js'
import {figures, medianRatio, rounds, type Figures} from '../measure.js'
import {startPlainNginx} from '../plain-nginx.js'
import {cpuOf} from '../processes.js'
import {Clients} from './clients.js'
import {startProxies, type Proxy, type Served} from './proxies.js'

const ROUNDS = rounds(9)
const CONNECTIONS = 1000

/** The clients are in the last one. */
const RANGES = [...Array.from({length: 99}, (_, index) => `10.${index}.0.0/16`), '127.0.0.0/8']

const SETTINGS = {
  none: {},
  'PROXY v1': {annotations: {'proxy-protocol': 'v1'}, server: 'send-proxy'},
  '100 source ranges': {
    annotations: {'source-ranges': RANGES.join(',')},
    // HAProxy allows 64 words in a line.
    lines: [
      ...RANGES.map((range) => `acl allowed src ${range}`),
      'tcp-request connection reject if !allowed',
    ],
  },
} satisfies Record<string, Omit<Served, 'backend'>>

export type ConnectionsResult = {
  readonly setting: string
  readonly by: Proxy['by']
  /** With clients and backends on the same CPUs, which need most of the time. */
  readonly perSecond: Figures
  /** CPU time of the proxy for each connection, in microseconds, and compared with HAProxy: the median of the ratios of the rounds. */
  readonly cpu: Figures
  readonly cpuRatio: number
}

type Sample = {readonly perSecond: number; readonly cpu: number}

export async function compareConnections(): Promise<ConnectionsResult[]> {
  const names = Object.keys(SETTINGS)
  const ports = await freePorts(names.length)
  const backends = names.map((name, index) => {
    const reads = name === 'PROXY v1' ? ' proxy_protocol' : ''
    return `server {\n    listen 127.0.0.1:${ports[index]} backlog=4096${reads};\n    return "hello\\n";\n}`
  })
  const backend = await startPlainNginx(backends.join('\n'), ports[0] ?? 0)
  const clients = Clients.start()
  try {
    const served = Object.values(SETTINGS).map((each, index) => ({...each, backend: ports[index] ?? 0}))
    const proxies = await startProxies(served)
    try {
      return await compareAll(names, proxies.all, clients)
    } finally {
      await proxies.close()
    }
  } finally {
    clients.close()
    await backend.close()
  }
}

/** In turns, so that what else the machine does affects all alike. The first round warms up, and does not count. */
async function compareAll(
  names: readonly string[],
  proxies: readonly Proxy[],
  clients: Clients,
): Promise<ConnectionsResult[]> {
  const samples = names.map(() => proxies.map((): Sample[] => []))
  for (let turn = 0; turn <= ROUNDS; turn += 1)
    for (const setting of names.keys())
      for (const [index, proxy] of proxies.entries()) {
        const sample = await measure(proxy, setting, clients)
        if (turn > 0) samples[setting]?.[index]?.push(sample)
      }
  return names.flatMap((setting, at) =>
    proxies.map(({by}, index) => ({setting, by, ...summaryOf(samples[at] ?? [], index)})),
  )
}

async function measure(proxy: Proxy, setting: number, clients: Clients): Promise<Sample> {
  const [cpu, begun] = [cpuOf(proxy.pids), performance.now()]
  await clients.open({port: proxy.ports[setting] ?? 0, connections: CONNECTIONS})
  const seconds = (performance.now() - begun) / 1000
  return {perSecond: CONNECTIONS / seconds, cpu: (cpuOf(proxy.pids) - cpu) / CONNECTIONS}
}

/** HAProxy is the last one. */
function summaryOf(
  samples: readonly (readonly Sample[])[],
  index: number,
): Pick<ConnectionsResult, 'perSecond' | 'cpu' | 'cpuRatio'> {
  const cpuIn = (some: readonly Sample[] = []): number[] => some.map(({cpu}) => cpu)
  const own = samples[index] ?? []
  return {
    perSecond: figures(own.map(({perSecond}) => perSecond)),
    cpu: figures(cpuIn(own)),
    cpuRatio: medianRatio(cpuIn(own), cpuIn(samples.at(-1))),
  }
}
