/** What health checks cost: the probes of 10,000 servers every 5 s. The share of a core counts the kernel's part too, and on loopback that of the handshakes on the side of the servers. */
import {fork} from 'node:child_process'
import {once} from 'node:events'
import {monitorEventLoopDelay} from 'node:perf_hooks'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import type {HealthCheck, HealthCheckType} from '../src/core/intent/health-check.js'
import type {LoadBalancer} from '../src/core/model/load-balancer.js'
import {HealthMonitor} from '../src/health/monitor.js'
import {probe} from '../src/health/probe.js'
import {systemClock} from '../src/util/clock.js'
import {round} from './measure.js'

export type HealthResult = {
  readonly check: HealthCheckType
  readonly servers: number
  readonly probesPerSecond: number
  /** Percent. */
  readonly core: number
  /** Microseconds of the CPU for each probe: by lbex itself, and by the kernel. */
  readonly user: number
  readonly system: number
  /** The longest time for which the event loop was blocked, and the 99th percentile: milliseconds, with what else the machine does. */
  readonly longestBlock: number
  readonly blockP99: number
  /** Sockets at once. */
  readonly sockets: number
  /** Probes of the first second after a start, in percent of those of a usual second. */
  readonly herd: number
}

const SERVERS = 10_000
const NAMESPACES = 100
const INTERVAL = 5000
/** Milliseconds. */
const MEASURED = 15_000

/** Needs a Linux on which all of 127.0.0.0/8 is local. */
export async function benchHealth(): Promise<HealthResult[]> {
  const program = fileURLToPath(new URL('health-servers.ts', import.meta.url))
  const child = fork(program, {execArgv: ['--import', 'tsx']})
  try {
    const [port] = (await once(child, 'message')) as [number]
    return [await measureOne('tcp', port), await measureOne('http', port)]
  } finally {
    child.disconnect()
  }
}

async function measureOne(type: HealthCheckType, port: number): Promise<HealthResult> {
  const monitor = new HealthMonitor({clock: systemClock, probe})
  try {
    monitor.watch(loadBalancer(type, port))
    await delay(1000)
    const first = probesOf(monitor)
    await delay(INTERVAL)
    return {check: type, servers: SERVERS, ...(await measureProbes(monitor, first))}
  } finally {
    await monitor.stop()
  }
}

async function measureProbes(
  monitor: HealthMonitor,
  first: number,
): Promise<Omit<HealthResult, 'check' | 'servers'>> {
  const loop = monitorEventLoopDelay({resolution: 5})
  let sockets = 0
  const watching = setInterval(() => (sockets = Math.max(sockets, monitor.counts().running)), 5)
  loop.enable()
  const [probed, cpu, begun] = [probesOf(monitor), process.cpuUsage(), performance.now()]
  await delay(MEASURED)
  const {user, system} = process.cpuUsage(cpu)
  const milliseconds = performance.now() - begun
  const probes = probesOf(monitor) - probed
  clearInterval(watching)
  loop.disable()
  const perSecond = (probes * 1000) / milliseconds
  return {
    probesPerSecond: Math.round(perSecond),
    core: round((user + system) / 10 / milliseconds),
    ...{user: round(user / probes), system: round(system / probes)},
    ...{longestBlock: round(loop.max / 1e6), blockP99: round(loop.percentile(99) / 1e6)},
    sockets,
    herd: Math.round((first / perSecond) * 100),
  }
}

function probesOf(monitor: HealthMonitor): number {
  const {succeeded, failed} = monitor.counts()
  return succeeded + failed
}

function loadBalancer(type: HealthCheckType, port: number): LoadBalancer {
  const healthCheck: HealthCheck = {
    ...{id: type, type, path: '/', interval: INTERVAL, timeout: 2000, rise: 2, fall: 3},
  }
  const settings = {balancing: {algorithm: 'round_robin'}, healthCheck} as const
  const services = Array.from({length: NAMESPACES}, (_, at) => {
    const servers = Array.from({length: SERVERS / NAMESPACES}, (__, index) => ({
      ...{address: `127.1.${at}.${index + 1}`, port, weight: 1, down: false},
    }))
    const upstream = {name: `u${at}`, settings, servers, unknown: [], absent: []}
    const ref = {kind: 'Service', namespace: `n${at}`, name: 'web'}
    return {ref, id: `s${at}`, listeners: [], upstreams: [upstream]}
  })
  return {services, shared: []}
}
