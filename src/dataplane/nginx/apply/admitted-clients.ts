/** Compares what guards the Services in two versions of a file: its access rules, those of its routes, and its limits. */
import {wildcardsOver} from '../../../core/model/route-match.js'

/**
 * True if `older` may allow what `wanted` denies: clients, PROXY protocol headers of other senders, or more connections. All
 * servers of a file have the same ranges, because they belong to one Service or to one shared listener, so it is enough to compare
 * the rules of whole files. Ranges are compared as text.
 */
export function admitsMore(older: string, wanted: string): boolean {
  if (guardsOf(older) !== guardsOf(wanted)) return true
  if (rejectsShare(wanted) && !rejectsShare(older)) return true
  const [before, now] = [admissionOf(older), admissionOf(wanted)]
  if (before.hasUnnamed && now.hasUnnamed && isWider(before.server, now.server)) return true
  const listeners = new Set([...before.byListener.keys(), ...now.byListener.keys()])
  return [...listeners].some((listener) => admitsMoreNames(namesOf(before, listener), namesOf(now, listener)))
}

/** Undefined: all clients. */
type Ranges = ReadonlySet<string> | undefined

const NO_CLIENTS: Ranges = new Set()

function isWider(before: Ranges, now: Ranges): boolean {
  return now !== undefined && (before === undefined || [...before].some((range) => !now.has(range)))
}

/** By server name; all other connections have the name `default`. */
type Names = ReadonlyMap<string, Ranges>

function admitsMoreNames(before: Names, now: Names): boolean {
  return [...before.keys(), ...now.keys()].some((name) =>
    isWider(rangesFor(name, before), rangesFor(name, now)),
  )
}

/** The ranges of the most exact name that covers `name`. */
function rangesFor(name: string, names: Names): Ranges {
  const covering = [name, ...wildcardsOver(name), OTHERS].find((each) => names.has(each))
  return covering === undefined ? NO_CLIENTS : names.get(covering)
}

const OTHERS = 'default'

type Admission = {
  /** True if there is a listener without names. */
  readonly hasUnnamed: boolean
  /** The ranges of a listener without names. */
  readonly server: Ranges
  /** By the variable of each listener that has names. */
  readonly byListener: ReadonlyMap<string, Names>
}

function namesOf({server, byListener}: Admission, listener: string): Names {
  return byListener.get(listener) ?? new Map([[OTHERS, server]])
}

function admissionOf(text: string): Admission {
  const [server, byTarget] = [serverRanges(text), routeRanges(text)]
  const rangesOf = (target: string): Ranges => (byTarget.has(target) ? byTarget.get(target) : server)
  const maps = text.matchAll(/^map \$ssl_(?:preread_)?server_name (\S+) \{\n((?: [^\n]*\n)*)/gm)
  const byListener = [...maps].map(([, listener = '', block = '']): [string, Names] => [
    listener,
    new Map(entriesOf(block).map(([name, target]) => [name, rangesOf(target)])),
  ])
  const servers = text.match(/^server \{/gm)?.length ?? 0
  return {server, byListener: new Map(byListener), hasUnnamed: servers > byListener.length}
}

/** True if a share of the traffic is rejected. */
function rejectsShare(text: string): boolean {
  return /^ +(?:[\d.]+%|\*) "";$/m.test(text)
}

/** The ranges of `allow`, if a server denies all others. */
function serverRanges(text: string): Ranges {
  if (!/^\s*deny all;$/m.test(text)) return undefined
  return new Set([...text.matchAll(/^\s*allow ([^;\n]+);$/gm)].map(([, range = '']) => range))
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

const GUARDS = new RegExp(
  `^\\s*((${[
    'listen',
    'set_real_ip_from',
    'proxy_protocol',
    'limit_conn',
    'proxy_upload_rate',
    'proxy_download_rate',
    'ssl_certificate',
    'ssl_reject_handshake',
    'ssl_protocols',
    'ssl_client_certificate',
    'ssl_verify_client',
    'proxy_ssl',
    'proxy_ssl_name',
    'proxy_ssl_trusted_certificate',
    'proxy_ssl_verify',
  ].join('|')}) [^;\\n]+);`,
  'gm',
)

/** The lines of all other guards, each with the listener before it. Of a certificate, only that there is one. */
function guardsOf(text: string): string {
  const lines = [...text.matchAll(GUARDS)]
  const guards = lines.filter(([, line = '', name], index) => {
    if (name !== 'listen' || line.endsWith(' proxy_protocol')) return true
    return lines[index + 1] !== undefined && lines[index + 1]?.[2] !== 'listen'
  })
  const servers = [...text.matchAll(/ max_conns=\d+/g)].map(([limit]) => limit)
  const texts = guards.map(([, line, name]) => (name === 'ssl_certificate' ? name : line))
  return [...texts, ...new Set(servers)].join('\n')
}
