/**
 * Parses the lines that NGINX sends when a connection ends (log_format in templates/nginx.conf.liquid). A line with any other form
 * is rejected: other programs of this host can send datagrams to the port too.
 */

/** Why NGINX closed a connection that it accepted, instead of proxying it. */
export const REFUSALS = ['source_range', 'limit', 'no_backend', 'unreachable', 'error'] as const

export type Refusal = (typeof REFUSALS)[number]

/** An attempt to connect to a server. */
export type Attempt = {
  /** ADDRESS:PORT, an IPv6 address in brackets. */
  readonly server: string
  /** Milliseconds; absent if the server did not accept the connection. */
  readonly connectTime?: number
}

/** A connection, or a UDP session, that has ended. */
export type Session = {
  /** Id of the Service (ServedService.id). Undefined if no route of a shared listener matched, or if NGINX refused it early. */
  readonly owner: string | undefined
  readonly protocol: 'TCP' | 'UDP'
  /** Address and port of this host that the client connected to. */
  readonly address: string
  readonly port: number
  readonly client: string
  readonly clientPort: number
  /** Bytes from the client, and to the client. */
  readonly received: number
  readonly sent: number
  /** Milliseconds. */
  readonly duration: number
  /** In order; the last one has a connectTime if the connection was proxied. */
  readonly attempts: readonly Attempt[]
  /** Undefined if NGINX proxied the connection. */
  readonly refusal: Refusal | undefined
}

/** Characters before the tag, as NGINX writes them (RFC 3164): `<190>Nov 30 15:12:44 `. */
const HEAD = 21

/** The fields after the key, in order. Without counted repeats of thousands, which are slow. */
const FIELDS: readonly RegExp[] = [
  /^[\w-]*$/,
  /^(?:TCP|UDP)$/,
  /^[\d.:a-f]{2,45}$/,
  /^\d{1,5}$/,
  /^[\d.:a-f]{2,45}$/,
  /^\d{1,5}$/,
  /^\d{3}$/,
  /^\d{1,15}$/,
  /^\d{1,15}$/,
  /^\d{1,10}\.\d{3}$/,
  /^[\d., -]+$/,
  /^[\w.:[\], -]+$/,
]

/** The id of a Service, alone or at the start of the name of an upstream. */
const OWNER = /^[\da-f]{12}(?=_|$)/

/** True if the line has the secret that NGINX puts into each line. Cheap, whatever another program sends. */
export function hasKey(line: Buffer, key: string): boolean {
  const start = startOf(key)
  return line.toString('latin1', HEAD, HEAD + start.length) === start
}

/** `key` is the secret that NGINX puts into each line. Undefined if the line is not valid. */
export function parseSessionLine(line: string, key: string): Session | undefined {
  const start = startOf(key)
  if (!line.startsWith(start, HEAD)) return undefined
  const fields = line.slice(HEAD + start.length).split('|')
  if (fields.length !== FIELDS.length) return undefined
  return FIELDS.every((form, index) => form.test(fields[index] ?? '')) ? sessionOf(fields) : undefined
}

function startOf(key: string): string {
  return `lbex: ${key}|`
}

function sessionOf(fields: readonly string[]): Session {
  const [name = '', protocol, address = '', port, client = '', clientPort, ...rest] = fields
  const [status = '', received, sent, duration, times = '', servers = ''] = rest
  const owner = OWNER.exec(name)?.[0]
  const attempts = attemptsOf(servers, times)
  const refusal = refusalOf(Number(status), attempts)
  // Without spreads, which made this ten times slower.
  return {
    owner,
    protocol: protocol === 'UDP' ? 'UDP' : 'TCP',
    address,
    client,
    port: Number(port),
    clientPort: Number(clientPort),
    received: Number(received),
    sent: Number(sent),
    duration: milliseconds(duration),
    attempts,
    refusal,
  }
}

/** NGINX logs the name of an upstream that has no live server in place of an address: that is not an attempt. */
function attemptsOf(servers: string, times: string): Attempt[] {
  if (servers === '-') return []
  const connectTimes = times.split(', ')
  return servers.split(', ').flatMap((server, index) => {
    if (!server.includes(':')) return []
    const time = connectTimes[index]
    return [{server, ...(time !== undefined && time !== '-' && {connectTime: milliseconds(time)})}]
  })
}

/** https://nginx.org/en/docs/stream/ngx_stream_core_module.html#var_status */
function refusalOf(status: number, attempts: readonly Attempt[]): Refusal | undefined {
  if (status === 200) return undefined
  if (status === 403) return 'source_range'
  if (status === 503) return 'limit'
  if (status === 502) return attempts.length > 0 ? 'unreachable' : 'no_backend'
  // A proxy_pass without an upstream: no route matches, or the Service has no server.
  return status === 500 && attempts.length === 0 ? 'no_backend' : 'error'
}

function milliseconds(seconds = ''): number {
  return Math.round(Number(seconds) * 1000)
}
