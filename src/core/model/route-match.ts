/** Which traffic of a listener a route is for. */
export type RouteMatch =
  /** All of it; beside routes by name, what none of them matches. */
  | {readonly type: 'all'}
  /** TLS connections whose client asks for this server name: a host name in lower case, or `*.` and one. TCP only. */
  | {readonly type: 'sni'; readonly name: string}

/** True if both are for the same traffic. */
export function isSameMatch(a: RouteMatch, b: RouteMatch): boolean {
  return serverNameOf(a) === serverNameOf(b)
}

/** Names in their order, all traffic last. */
export function compareMatches(a: RouteMatch, b: RouteMatch): number {
  if (a.type !== b.type) return a.type === 'all' ? 1 : -1
  const [first = '', second = ''] = [serverNameOf(a), serverNameOf(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** Equal for matches that are for the same traffic; undefined for all of it. */
export function serverNameOf(match: RouteMatch): string | undefined {
  return match.type === 'sni' ? match.name : undefined
}
