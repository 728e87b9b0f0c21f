import type {PortIntent} from '../intent/service-intent.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {IpFamily} from '../cluster/objects.js'
import type {Backend, Backends} from './backends.js'
import type {Absence, Upstream} from './load-balancer.js'

/** Highest weight in a configuration: a consistent hash costs NGINX 160 points for each unit of weight. */
const MAX_WEIGHT = 32
/** Backends that a file names as left out; a Service may have thousands. */
const MAX_ABSENT = 20

/** What an upstream is for. */
export type UpstreamPlace = {
  readonly serviceId: string
  readonly port: PortIntent
  readonly family: IpFamily
  /** True if an earlier port of the Service has the same listen port and protocol. */
  readonly isRepeated: boolean
}

/** The upstream of one Service port, in an order and with weights that depend on nothing but the set of backends. */
export function makeUpstream(place: UpstreamPlace, settings: UpstreamSettings, backends: Backends): Upstream {
  const down = backends.unknown.length > 0
  return {
    name: nameFor(place),
    settings,
    servers: reduceWeights(backends.servers)
      .map((server) => ({...server, down}))
      .sort((a, b) => compareAddresses(a, b)),
    unknown: backends.unknown,
    absent: firstFew(backends.absent),
  }
}

/** The Service port tells upstreams of one listen port apart: no two ports of a Service have the same number and protocol. */
function nameFor({serviceId, port: {port, listenPort}, family, isRepeated}: UpstreamPlace): string {
  const parts = [serviceId, listenPort, port.protocol, family, ...(isRepeated ? [port.port] : [])]
  return parts.join('_').toLowerCase()
}

/** Divided by their greatest common divisor, and scaled down to MAX_WEIGHT where they are larger still. */
function reduceWeights(servers: readonly Backend[]): readonly Backend[] {
  const divisor = servers.reduce((sofar, {weight}) => greatestCommonDivisor(weight, sofar), 0)
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

function firstFew(absent: readonly Absence[]): readonly Absence[] {
  const sorted = [...absent].sort((a, b) => (`${a.what} ${a.why}` < `${b.what} ${b.why}` ? -1 : 1))
  if (sorted.length <= MAX_ABSENT) return sorted
  return [
    ...sorted.slice(0, MAX_ABSENT),
    {what: `${sorted.length - MAX_ABSENT} more`, why: 'for similar reasons'},
  ]
}
