/** Compares what guards the Service in two versions of its file. */

/**
 * True if `older` may allow what `wanted` denies: clients, PROXY protocol headers of
 * other senders, or more connections. All servers of a file have
 * the source ranges of the same Service, so it is enough to compare the ranges of whole files.
 */
export function admitsMore(older: string, wanted: string): boolean {
  if (guardsOf(older) !== guardsOf(wanted)) return true
  const [before, now] = [older, wanted].map(rulesOf)
  if (!before || !now?.has(DENY_ALL)) return false
  return !before.has(DENY_ALL) || [...before].some((rule) => !now.has(rule))
}

const DENY_ALL = 'deny all'

/** `allow 10.0.0.0/8`, `deny all` */
function rulesOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^\s*((?:allow|deny) [^;\n]+);/gm)].map(([, rule = '']) => rule))
}

/** The lines of all other guards, each with the listener before it. */
function guardsOf(text: string): string {
  const lines = [
    ...text.matchAll(
      /^\s*((listen|set_real_ip_from|proxy_protocol|limit_conn|proxy_upload_rate|proxy_download_rate) [^;\n]+);/gm,
    ),
  ]
  const guards = lines.filter(([, line = '', name], index) => {
    if (name !== 'listen' || line.endsWith(' proxy_protocol')) return true
    return lines[index + 1] !== undefined && lines[index + 1]?.[2] !== 'listen'
  })
  const servers = [...text.matchAll(/ max_conns=\d+/g)].map(([limit]) => limit)
  return [...guards.map(([, line]) => line), ...new Set(servers)].join('\n')
}
