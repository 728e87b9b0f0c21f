/** Writes the servers that NGINX confirmed without a reload into the text of a Service's file. */
import {parseEntry} from './entry.js'
import {parseServerLine, replaceUpstreams} from './upstream-text.js'

/**
 * The text with the servers of `entries` (by the name of the upstream) in place of its own, which may be out of date. Undefined
 * if an entry is not valid.
 */
export function withConfirmedServers(text: string, entries: ReadonlyMap<string, string>): string | undefined {
  let isValid = true
  const changed = replaceUpstreams(text, (block, name) => {
    const entry = entries.get(name)
    if (entry === undefined) return block
    const servers = parseEntry(entry)
    if (servers) return withServers(block, servers)
    isValid = false
    return block
  })
  return isValid ? changed : undefined
}

function withServers(block: string, servers: ReadonlyMap<string, number>): string {
  const lines = block.split('\n')
  const [first] = lines.flatMap((line) => parseServerLine(line) ?? [])
  const written = [...servers].map(([server, weight]) => {
    return `    server ${server}${weight === 1 ? '' : ` weight=${weight}`}${first?.parameters ?? ''};`
  })
  const others = lines.filter((line) => !parseServerLine(line))
  return [...others.slice(0, -1), ...(written.length > 0 ? written : [REFUSING]), '}'].join('\n')
}

/** NGINX does not accept an upstream without a server. This one gets no connection, so that clients are refused. */
const REFUSING = '    server 127.0.0.1:1 down;'
