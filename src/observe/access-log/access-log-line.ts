/** Writes a session as a line of the access log. All values are numbers, addresses, fixed words, or names that NGINX accepted. */
import type {ServiceName} from '../traffic/known-services.js'
import type {Session} from '../traffic/session-line.js'

export type AccessLogFormat = 'text' | 'json'

/** What ended a session: `closed` by the client, the server, or a timeout; else why NGINX refused it. */
type Ended = 'closed' | NonNullable<Session['refusal']>

/** `name`: of the Service; undefined if it is not known. `now`: milliseconds since the epoch. Returns a line with its end. */
export function accessLogLine(
  session: Session,
  name: ServiceName | undefined,
  now: number,
  format: AccessLogFormat,
): string {
  const entry = entryOf(session, name, now)
  return `${format === 'json' ? JSON.stringify(entry) : textOf(entry)}\n`
}

function entryOf(session: Session, name: ServiceName | undefined, now: number) {
  const {protocol, address, port, client, clientPort, received, sent, duration, attempts} = session
  const last = attempts.at(-1)
  const ended: Ended = session.refusal ?? 'closed'
  return {
    time: new Date(now).toISOString(),
    protocol,
    client: withPort(client, clientPort),
    listener: withPort(address, port),
    ...(name && name.name !== '' && {namespace: name.namespace, service: name.name}),
    ...(last && {server: last.server}),
    ...{received, sent},
    seconds: duration / 1000,
    ...(last?.connectTime !== undefined && {connectSeconds: last.connectTime / 1000}),
    ...(attempts.length > 1 && {attempts: attempts.length}),
    ended,
  }
}

function textOf(entry: ReturnType<typeof entryOf>): string {
  const {time, protocol, client, listener, namespace, service, ...others} = entry
  const object = service === undefined ? [] : [`${namespace}/${service}`]
  const fields = Object.entries(others).map(([key, value]) => `${key}=${value}`)
  return [time, protocol, client, '->', listener, ...object, ...fields].join(' ')
}

function withPort(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}
