/** One request, up to the head of its answer. */
import http, {type IncomingMessage} from 'node:http'
import https, {type RequestOptions} from 'node:https'
import type {UntilAborted} from './agents.js'
import {timeoutFailure} from './connection-failure.js'
import type {Deadline} from './deadline.js'
import type {Place} from './api-failure.js'
import type {Session} from './session.js'

/** Milliseconds: until the request is sent (names, connection and TLS included), and from there until it is answered. */
const TO_CONNECT = 10_000
const TO_ANSWER = 30_000

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export type Request = {
  readonly path: string
  readonly query: Query
  readonly userAgent: string
  /** What is posted, as JSON; without it something is got. */
  readonly body?: object | undefined
}

/** Rejects with the error of the connection, or when the deadline is over: whatever stands between, and whatever it does. */
export function send(
  request: Request,
  session: Session,
  deadline: Deadline,
  place: Place,
): Promise<IncomingMessage> {
  deadline.within(TO_CONNECT, () => timeoutFailure(`no connection within ${TO_CONNECT / 1000} s`, place))
  // A request that has no socket yet does not hear of its signal.
  return deadline.race(start(request, session, deadline, place))
}

function start(
  request: Request,
  session: Session,
  deadline: Deadline,
  place: Place,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = urlOf(request, session.server)
    const ask = url.protocol === 'https:' ? https.request : http.request
    const {body, userAgent} = request
    const options: RequestOptions & UntilAborted = {
      method: body ? 'POST' : 'GET',
      agent: session.agent,
      ...(session.forwarded && {path: url.href}),
      headers: {
        accept: 'application/json',
        ...(body && {'content-type': 'application/json'}),
        ...session.headers,
        'user-agent': userAgent,
      },
      signal: deadline.signal,
      until: deadline.signal,
    }
    const sent = ask(url, options)
    sent.on('finish', () => {
      deadline.within(TO_ANSWER, () => timeoutFailure(`no answer within ${TO_ANSWER / 1000} s`, place))
    })
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body && JSON.stringify(body))
  })
}

/** The path of the server's own URL stays in front, as behind a gateway for several clusters. */
function urlOf({path, query}: Request, server: URL): URL {
  const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server.origin)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}
