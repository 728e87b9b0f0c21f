/**
 * Who may see the status page: clients with the token; if there is none, clients that connect to a loopback address. Other addresses
 * of this host are no proof that the client runs on it: NGINX connects to those for clients of any Service that has one as a server.
 */
import {createHash, timingSafeEqual} from 'node:crypto'
import {isIP} from 'node:net'
import type {HttpRequest, HttpResponse} from '../../util/one-request-server.js'

/** Reads the token; rejects if it cannot be read. Absent: no token is asked for. */
export type ReadToken = () => Promise<string>

type Asked = Pick<HttpRequest, 'headers' | 'isLoopback'>

/** The refusal; undefined if the client may see the page. */
export async function refuseClient(
  request: Asked,
  readToken: ReadToken | undefined,
): Promise<HttpResponse | undefined> {
  if (!readToken) return refuseOtherHosts(request)
  const given = givenToken(request.headers.get('authorization') ?? '')
  if (given === undefined) return unauthorized('the token of --ui-token-file is missing')
  let token: string
  try {
    token = await readToken()
  } catch {
    return plain(503, 'the token file of this lbex cannot be read')
  }
  return isSame(given, token) ? undefined : unauthorized('the token is wrong')
}

/** The name in Host must be an address or localhost: a web page can make any other name point to this host (DNS rebinding). */
function refuseOtherHosts({headers, isLoopback}: Asked): HttpResponse | undefined {
  if (!isLoopback)
    return plain(
      403,
      'without --ui-token-file, the status page is for clients on this host that connect to 127.0.0.1 or ::1',
    )
  const host = (headers.get('host') ?? '').replace(/:\d+$/, '')
  const isSafe = host.toLowerCase() === 'localhost' || isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0
  return isSafe ? undefined : plain(403, 'use localhost or an IP address instead of this name')
}

/** Browsers send what the user enters as `Basic`, with any user name: https://www.rfc-editor.org/rfc/rfc7617 */
function givenToken(authorization: string): string | undefined {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? []
  if (scheme === '') return undefined
  if (scheme.toLowerCase() === 'bearer') return value
  const pair = Buffer.from(value, 'base64').toString()
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined
}

/** In a time that does not depend on the texts. */
function isSame(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(first, second)
}

function unauthorized(text: string): HttpResponse {
  const {status, headers, text: line} = plain(401, text)
  return {
    status,
    text: line,
    headers: {...headers, 'WWW-Authenticate': 'Basic realm="lbex", charset="UTF-8"'},
  }
}

export function plain(status: number, text: string): HttpResponse {
  const headers = {'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store'}
  return {status, headers, text: `${text}\n`}
}
