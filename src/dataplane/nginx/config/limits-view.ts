/** The limits of connections, which NGINX counts in shared memory: a zone for each Service port and kind of limit. */
import type {Listener} from '../../../core/model/load-balancer.js'

/** `limit_conn_zone` of the template; `size` in KiB. */
export type LimitZone = {readonly name: string; readonly per_client: boolean; readonly size: number}

/** `limit_conn` of the template. */
export type Limit = {readonly zone: string; readonly connections: number}

/** NGINX needs 64 bytes for an IPv4 address with connections, and 128 for an IPv6 address. */
const CLIENTS_SIZE = 1024
/** The smallest zone that NGINX accepts: eight pages. */
const SMALLEST = 32

/**
 * The limits of a listener. Listeners with the same `scope` and Service port count together, also those of a range. No other Service uses these zones, so
 * its clients cannot fill them.
 */
export function limitsOf({key, settings, routes}: Listener, scope: string): (LimitZone & Limit)[] {
  const {connections, connectionsPerClient} = settings
  const [{firstPort = key.port, servicePort = 0} = {}] = routes
  const port = [scope, firstPort, key.protocol.toLowerCase(), servicePort].join('_')
  const limit = (count: number | undefined, what: string, perClient: boolean) =>
    count === undefined
      ? []
      : [
          {
            ...{name: `${port}_${what}`, zone: `${port}_${what}`, per_client: perClient, connections: count},
            size: perClient ? CLIENTS_SIZE : SMALLEST,
          },
        ]
  return [...limit(connections, 'all', false), ...limit(connectionsPerClient, 'client', true)]
}

/** Each zone once. */
export function zonesOf(limits: readonly LimitZone[]): LimitZone[] {
  return [...new Map(limits.map((limit) => [limit.name, limit])).values()]
}

/**
 * KiB of the zone that counts the connections to `servers` servers: NGINX needs about 1 KiB for each, and 40 KiB in addition. In
 * steps, so that the size does not change with every server.
 */
export function serverZoneSize(servers: number): number {
  return 64 * (1 + Math.ceil(servers / 32))
}
