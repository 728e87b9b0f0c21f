/** Selects the traffic of a listener that a route handles. */
export type RouteMatch =
  /** All traffic of a listener that has no routes by name. */
  | {readonly type: 'all'}
  /**
   * TLS connections with this server name (SNI): a host name in lower case; or `*.` and a host name, for the names below it that
   * no longer name matches; or `*`, for every connection that no other name matches, also without a name or without TLS. TCP only.
   */
  | {readonly type: 'sni'; readonly name: string}

/** True if both select the same traffic. */
export function isSameMatch(a: RouteMatch, b: RouteMatch): boolean {
  return serverNameOf(a) === serverNameOf(b)
}

/** Sorts by name, `*` last. */
export function compareMatches(a: RouteMatch, b: RouteMatch): number {
  const [first = '', second = ''] = [serverNameOf(a), serverNameOf(b)]
  if (first === second) return 0
  if (first === ANY_NAME || second === ANY_NAME) return first === ANY_NAME ? 1 : -1
  return first < second ? -1 : 1
}

/** The name of a route for every connection that no other route of the listener matches. */
export const ANY_NAME = '*'

/** The names `*.PARENT` that cover a host name or `*.` and a host name, without itself and without `*`; the longest first. */
export function wildcardsOver(name: string): string[] {
  const labels = name.split('.')
  return labels.slice(1).flatMap((_, index) => {
    const wildcard = `*.${labels.slice(index + 1).join('.')}`
    return wildcard === name ? [] : [wildcard]
  })
}

/** Undefined for all traffic. Matches with equal names select the same traffic. */
export function serverNameOf(match: RouteMatch): string | undefined {
  return match.type === 'sni' ? match.name : undefined
}
