/** Selects the traffic of a listener that a route handles. */
export type RouteMatch =
  /** All traffic; if there are routes by name, the traffic that none of them matches. */
  | {readonly type: 'all'}
  /** TLS connections with this server name (SNI): a host name in lower case, or `*.` and a host name. TCP only. */
  | {readonly type: 'sni'; readonly name: string}

/** True if both select the same traffic. */
export function isSameMatch(a: RouteMatch, b: RouteMatch): boolean {
  return serverNameOf(a) === serverNameOf(b)
}

/** Sorts by name, all traffic last. */
export function compareMatches(a: RouteMatch, b: RouteMatch): number {
  if (a.type !== b.type) return a.type === 'all' ? 1 : -1
  const [first = '', second = ''] = [serverNameOf(a), serverNameOf(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** Undefined for all traffic. Matches with equal names select the same traffic. */
export function serverNameOf(match: RouteMatch): string | undefined {
  return match.type === 'sni' ? match.name : undefined
}
