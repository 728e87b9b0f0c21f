/** Compares the access rules of two versions of a Service's file. */

/**
 * True if `older` allows clients that `wanted` denies. All servers of a file have the ranges of the same Service, so it is enough
 * to compare the ranges of whole files.
 */
export function admitsMore(older: string, wanted: string): boolean {
  const [before, now] = [older, wanted].map(rulesOf)
  if (!before || !now?.has(DENY_ALL)) return false
  return !before.has(DENY_ALL) || [...before].some((rule) => !now.has(rule))
}

const DENY_ALL = 'deny all'

/** `allow 10.0.0.0/8`, `deny all` */
function rulesOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^\s*((?:allow|deny) [^;\n]+);/gm)].map(([, rule = '']) => rule))
}
