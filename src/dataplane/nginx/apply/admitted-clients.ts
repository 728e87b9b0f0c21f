/** Compares what guards the Services in two versions of a file: its access rules, those of its routes, and its limits. */

/**
 * True if `older` may allow what `wanted` denies: clients, PROXY protocol headers of other senders, or more connections. All
 * servers of a file have the same ranges, because they belong to one Service or to one shared listener, so it is enough to compare
 * the rules of whole files. Ranges are compared as text.
 */
export function admitsMore(older: string, wanted: string): boolean {
  if (guardsOf(older) !== guardsOf(wanted)) return true
  const [before, now] = [admissionOf(older), admissionOf(wanted)]
  if (now.rejectsShare && !before.rejectsShare) return true
  return [...before.names].some(([name, ranges]) =>
    isWider(ranges, now.names.has(name) ? now.names.get(name) : now.others),
  )
}

/** Undefined: all clients. */
type Ranges = ReadonlySet<string> | undefined

function isWider(before: Ranges, now: Ranges): boolean {
  return now !== undefined && (before === undefined || [...before].some((range) => !now.has(range)))
}

type Admission = {
  /** By server name; all other connections, or those of a file without names, have the name `default`. */
  readonly names: ReadonlyMap<string, Ranges>
  /** For names that are not in the file. */
  readonly others: Ranges
  /** True if a share of the traffic is rejected. */
  readonly rejectsShare: boolean
}

const NO_CLIENTS: Ranges = new Set()

function admissionOf(text: string): Admission {
  const [server, names] = [serverRanges(text), namesOf(text)]
  const rejectsShare = /^ +(?:[\d.]+%|\*) "";$/m.test(text)
  if (!names) return {names: new Map([['default', server]]), others: server, rejectsShare}
  const byTarget = routeRanges(text)
  const ranges = names.map(([name, target]) => [name, byTarget.get(target) ?? server] as const)
  const admitted = new Map<string, Ranges>(ranges)
  return {
    names: admitted,
    others: admitted.has('default') ? admitted.get('default') : NO_CLIENTS,
    rejectsShare,
  }
}

/** The ranges of `allow`, if a server denies all others. */
function serverRanges(text: string): Ranges {
  if (!/^\s*deny all;$/m.test(text)) return undefined
  return new Set([...text.matchAll(/^\s*allow ([^;\n]+);$/gm)].map(([, range = '']) => range))
}

/** Server names and the targets of their connections; undefined if the file has no routes by name. */
function namesOf(text: string): [name: string, target: string][] | undefined {
  const [, block] = /^map \$ssl_preread_server_name [^\n]*\n((?: [^\n]*\n)*)/m.exec(text) ?? []
  return block === undefined ? undefined : entriesOf(block)
}

/** The ranges of routes that do not let all clients in, by the targets of their connections. */
function routeRanges(text: string): Map<string, Ranges> {
  const ranges = new Map<string, Ranges>([['""', NO_CLIENTS]])
  for (const [, variable = '', block = ''] of text.matchAll(/^geo (\S+) \{\n((?: [^\n]*\n)*)/gm))
    ranges.set(variable, new Set(entriesOf(block).map(([range]) => range)))
  for (const [, clients = '', target = ''] of text.matchAll(/^map (\S+_clients) (\S+) \{$/gm))
    ranges.set(target, ranges.get(clients) ?? NO_CLIENTS)
  return ranges
}

/** Lines with two words: `10.0.0.0/8 1;`, `a.example $target;`. */
function entriesOf(block: string): [string, string][] {
  return [...block.matchAll(/^ +(\S+) ([^;\s]+);$/gm)].map(([, key = '', value = '']) => [key, value])
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
