/** Creates the upstream of one Service port in one address family. */
import type {ExposedPort} from '../intent/service-intent.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {IpFamily} from '../cluster/objects.js'
import type {Backend, Backends} from './backends.js'
import type {SkippedBackend, Upstream} from './load-balancer.js'
import {offsetOf} from './port-ranges.js'

/** Highest weight in a configuration: a consistent hash costs NGINX 160 points for each unit of weight. */
const MAX_WEIGHT = 32
/** The number of skipped backends that are listed in a file; a Service may have thousands. */
const MAX_ABSENT = 20

/** What identifies an upstream. */
export type UpstreamIdentity = {
  readonly serviceId: string
  readonly port: ExposedPort
  readonly family: IpFamily
  /** True if an earlier port of the Service has the same listen port and protocol. */
  readonly isRepeated: boolean
}

/** The order and the weights of the servers depend only on the set of backends. */
export function makeUpstream(
  identity: UpstreamIdentity,
  settings: UpstreamSettings,
  backends: Backends,
): Upstream {
  const down = backends.unknown.length > 0
  const offset = offsetOf(identity.port)
  return {
    name: nameFor(identity),
    settings,
    ...(offset > 0 && {offset}),
    servers: reduceWeights(backends.servers)
      .map((server) => ({...server, down}))
      .sort((a, b) => compareAddresses(a, b)),
    unknown: backends.unknown,
    absent: firstFew(backends.absent),
  }
}

/** The Service port distinguishes upstreams with the same listen port: it is unique in a Service for each protocol. */
function nameFor({serviceId, port: {port, listenPort}, family, isRepeated}: UpstreamIdentity): string {
  const parts = [serviceId, listenPort, port.protocol, family, ...(isRepeated ? [port.port] : [])]
  return parts.join('_').toLowerCase()
}

/** Divides the weights by their greatest common divisor, and scales them down to MAX_WEIGHT if they are still larger. */
function reduceWeights(servers: readonly Backend[]): readonly Backend[] {
  const divisor = servers.reduce((current, {weight}) => greatestCommonDivisor(weight, current), 0)
  const largest = servers.reduce((most, {weight}) => Math.max(most, weight / divisor), 1)
  const scale = Math.min(1, MAX_WEIGHT / largest)
  if (divisor === 1 && scale === 1) return servers
  return servers.map((server) => ({
    ...server,
    weight: Math.max(1, Math.round((server.weight / divisor) * scale)),
  }))
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

function compareAddresses(a: Backend, b: Backend): number {
  if (a.address !== b.address) return a.address < b.address ? -1 : 1
  return a.port - b.port
}

function firstFew(absent: readonly SkippedBackend[]): readonly SkippedBackend[] {
  const sorted = [...absent].sort((a, b) => (`${a.what} ${a.why}` < `${b.what} ${b.why}` ? -1 : 1))
  if (sorted.length <= MAX_ABSENT) return sorted
  return [
    ...sorted.slice(0, MAX_ABSENT),
    {what: `${sorted.length - MAX_ABSENT} more`, why: 'for similar reasons'},
  ]
}
