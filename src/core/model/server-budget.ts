/** Limits the number of servers of all upstreams of one Service: each server costs NGINX memory in every generation. */
import {contentHash} from './content-hash.js'
import type {Upstream, UpstreamServer} from './load-balancer.js'

export class ServerBudget {
  /** The number of servers that each upstream keeps if the limit is exceeded. */
  readonly share: number
  private servers = 0
  private sampled = false
  private cost = 0
  private readonly hashes = new Map<string, number>()

  constructor(
    private readonly limit: number,
    upstreams: number,
  ) {
    this.share = Math.max(1, Math.floor(limit / Math.max(1, upstreams)))
  }

  /** The number of servers of all upstreams before the limit was applied. */
  get spent(): number {
    return this.servers
  }

  get isOver(): boolean {
    return this.cost > this.limit
  }

  /** True if an upstream lost servers. */
  get hasSampled(): boolean {
    return this.sampled
  }

  /** Counts the upstream. If the limit is exceeded already, cuts it at once, so that memory stays limited. */
  spend(upstream: Upstream): Upstream {
    this.servers += upstream.servers.length
    this.cost += costOf(upstream)
    return this.isOver ? this.cut(upstream) : upstream
  }

  /** The upstream with its share of servers. */
  cut(upstream: Upstream): Upstream {
    const servers = this.sample(upstream)
    return {...upstream, servers: usesConsistentHash(upstream) ? scaleWeights(servers, this.share) : servers}
  }

  /**
   * Keeps the servers with the smallest hashes, so that the rest of the sample stays when an endpoint comes or goes. Each
   * upstream of a Service has a different sample, so that every endpoint gets traffic of some port.
   */
  private sample({name, servers}: Upstream): readonly UpstreamServer[] {
    if (this.spent <= this.limit || servers.length <= this.share) return servers
    this.sampled = true
    const own = this.hash(name)
    const ranked = servers.map((server) => ({server, rank: (this.hash(server.address) ^ own) >>> 0}))
    const kept = ranked.sort((a, b) => a.rank - b.rank).slice(0, this.share)
    const chosen = new Set(kept.map(({server}) => server))
    return servers.filter((server) => chosen.has(server))
  }

  private hash(text: string): number {
    const known = this.hashes.get(text)
    if (known !== undefined) return known
    const hash = Number.parseInt(contentHash(text).slice(0, 8), 16)
    this.hashes.set(text, hash)
    return hash
  }
}

function usesConsistentHash({settings}: Upstream): boolean {
  return ['client_ip', 'client_ip_port'].includes(settings.balancing.algorithm)
}

/** NGINX keeps 160 points of 16 bytes for each unit of weight of a consistent hash. */
function costOf(upstream: Upstream): number {
  return usesConsistentHash(upstream) ? weightOf(upstream.servers) : upstream.servers.length
}

function weightOf(servers: readonly UpstreamServer[]): number {
  return servers.reduce((sum, {weight}) => sum + weight, 0)
}

/** Scales the weights down so that their sum is about `most`. */
function scaleWeights(servers: readonly UpstreamServer[], most: number): readonly UpstreamServer[] {
  const sum = weightOf(servers)
  if (sum <= most) return servers
  return servers.map((server) => ({
    ...server,
    weight: Math.max(1, Math.floor((server.weight * most) / sum)),
  }))
}
