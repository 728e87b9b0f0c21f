/** Sends one request, and resolves with the head of its response. */
import http, {type IncomingMessage} from 'node:http'
import https, {type RequestOptions} from 'node:https'
import type {UntilAborted} from './agents.js'
import {timeoutFailure} from './connection-failure.js'
import type {Deadline} from './deadline.js'
import type {ApiServer} from './api-failure.js'
import type {Session} from './session.js'

/** Milliseconds until the request is sent (including DNS, connection and TLS), and from there until the response begins. */
const CONNECT_TIMEOUT = 10_000
const ANSWER_TIMEOUT = 30_000

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export type ApiRequest = {
  readonly path: string
  readonly query: Query
  readonly userAgent: string
  /** Default: GET. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined
  /** Sent as JSON. */
  readonly body?: object | undefined
  /** Of the body; default: that of JSON. */
  readonly contentType?: string | undefined
}

/** Rejects with the error of the connection, or with the reason of the deadline. */
export function send(
  request: ApiRequest,
  session: Session,
  deadline: Deadline,
  apiServer: ApiServer,
): Promise<IncomingMessage> {
  deadline.within(CONNECT_TIMEOUT, () =>
    timeoutFailure(`no connection within ${CONNECT_TIMEOUT / 1000} s`, apiServer),
  )
  // Node does not abort a request that has no socket yet.
  return deadline.race(start(request, session, deadline, apiServer))
}

function start(
  request: ApiRequest,
  session: Session,
  deadline: Deadline,
  apiServer: ApiServer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = urlOf(request, session.server)
    const ask = url.protocol === 'https:' ? https.request : http.request
    const {method = 'GET', body, contentType = 'application/json', userAgent} = request
    const options: RequestOptions & UntilAborted = {
      method,
      agent: session.agent,
      ...(session.forwarded && {path: url.href}),
      headers: {
        accept: 'application/json',
        ...(body && {'content-type': contentType}),
        ...session.headers,
        'user-agent': userAgent,
      },
      signal: deadline.signal,
      until: deadline.signal,
    }
    const sent = ask(url, options)
    sent.on('finish', () => {
      deadline.within(ANSWER_TIMEOUT, () =>
        timeoutFailure(`no response within ${ANSWER_TIMEOUT / 1000} s`, apiServer),
      )
    })
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body && JSON.stringify(body))
  })
}

/** Keeps the path of the server's URL as a prefix: a gateway may serve several clusters. */
function urlOf({path, query}: ApiRequest, server: URL): URL {
  const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server.origin)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}
