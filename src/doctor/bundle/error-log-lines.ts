/**
 * Lines of NGINX's error log without addresses of clients and without what clients sent. Each line is made again from the parts that
 * cannot have any: a line in another form is left out.
 */

/** `2025/01/31 12:00:00 [error] 123#123: *7 words`, https://nginx.org/en/docs/ngx_core_module.html#error_log */
const LINE = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\w+\] \d+#\d+: )(\*\d+ )?(.*)$/

/** What NGINX adds to a line about a session (ngx_stream_log_error and ngx_stream_proxy_log_error). */
const SESSION =
  /, (?:udp )?client: [^,]*, server: ([^,"]*)(?:, upstream: "([^"]*)")?(?:, bytes from\/to client:(\d+\/\d+), bytes from\/to upstream:(\d+\/\d+))?$/

const ADDRESS = /^[\da-f.:[\]]+$/i
const IPV4 = /\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/g
/** Does not begin within a word: `error:0A00018C:SSL routines::alert` of OpenSSL has no address. */
const IPV6 = /(?<![\w.])\[?[\da-f]*:[\da-f]*:[\da-f:.]*(?:%\w+)?\]?(?::\d+)?/gi

export type SafeLines = {
  readonly lines: readonly string[]
  /** Lines that were left out because they have another form. */
  readonly skipped: number
}

/** Linear in the length of the lines. */
export function safeLines(lines: readonly string[]): SafeLines {
  const safe = lines.flatMap((line) => safeLine(line) ?? [])
  return {lines: safe, skipped: lines.length - safe.length}
}

/** Undefined if the line has another form. */
function safeLine(line: string): string | undefined {
  const [, head, session = '', text = ''] = LINE.exec(line) ?? []
  if (head === undefined) return undefined
  // Without a session there is no client, and addresses are those of listeners.
  if (session === '' && !/client/i.test(text)) return line
  const found = SESSION.exec(text)
  const message = withoutClients(found ? text.slice(0, found.index) : text)
  return `${head}${session}${message}${found ? sessionWords(found) : ''}`
}

function sessionWords([, server, upstream, client, others]: RegExpExecArray): string {
  const parts = [
    isAddress(server) && `server: ${server}`,
    isAddress(upstream) && `upstream: "${upstream}"`,
    client !== undefined && `bytes from/to client:${client}`,
    others !== undefined && `bytes from/to upstream:${others}`,
  ]
  return parts.map((part) => (part === false ? '' : `, ${part}`)).join('')
}

function isAddress(text: string | undefined): boolean {
  return text !== undefined && ADDRESS.test(text)
}

/** Text from the first quote to the last one may be what a client sent, with quotes of its own; without an end, the rest may be. */
function withoutClients(message: string): string {
  return message
    .replace(/".*"|".*$/, '"..."')
    .replace(IPV6, '[address]')
    .replace(IPV4, '[address]')
}
