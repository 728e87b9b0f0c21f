/** Writes the servers that NGINX confirmed without a reload into the text of a Service's file. */
import {parseEntry} from './entry.js'

/**
 * The text with the servers of `entries` (by the name of the upstream) in place of its own, which may be out of date. Undefined
 * if an entry is not valid.
 */
export function withConfirmedServers(text: string, entries: ReadonlyMap<string, string>): string | undefined {
  let isValid = true
  const changed = text.replaceAll(UPSTREAM, (block: string, name: string) => {
    const entry = entries.get(name)
    if (entry === undefined) return block
    const servers = parseEntry(entry)
    if (servers) return withServers(block, servers)
    isValid = false
    return block
  })
  return isValid ? changed : undefined
}

/** One upstream, as templates/service.conf.liquid writes it. */
const UPSTREAM = /^upstream (\S+) \{\n(?: [^\n]*\n)+\}$/gm
/** One server of it: address, weight, and parameters that all servers of the upstream have. */
const SERVER_LINE = /^ +server \S+?(?: weight=\d+)?((?: [^;\s]+)*);$/

function withServers(block: string, servers: ReadonlyMap<string, number>): string {
  const lines = block.split('\n')
  const parameters = lines.map((line) => SERVER_LINE.exec(line)?.[1]).find((found) => found !== undefined)
  const common = (parameters ?? '').replace(/ down$/, '')
  const written = [...servers].map(([server, weight]) => {
    return `    server ${server}${weight === 1 ? '' : ` weight=${weight}`}${common};`
  })
  const others = lines.filter((line) => !SERVER_LINE.test(line))
  return [...others.slice(0, -1), ...(written.length > 0 ? written : [REFUSING]), '}'].join('\n')
}

/** NGINX does not accept an upstream without a server. This one gets no connection, so that clients are refused. */
const REFUSING = '    server 127.0.0.1:1 down;'
