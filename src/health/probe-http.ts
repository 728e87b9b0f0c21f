/** HTTP/1.1: requests the path of the check, and compares the status, or searches the body for a text. */
import {request, type IncomingMessage} from 'node:http'
import {connect, type Socket} from 'node:net'
import type {StatusRange} from '../core/intent/health-check.js'
import {bracketed} from '../core/model/listener-key.js'
import {searchText} from './expected-text.js'
import {failed, oneResult, socketReason, type Decide} from './one-result.js'
import type {Probe} from './probe-result.js'
import {proxyHeader} from './proxy-header.js'

/** Redirects count as success: the server answers. */
const DEFAULT_STATUSES: readonly StatusRange[] = [{from: 200, to: 399}]

export const probeHttp: Probe = ({address, port, check}, running) => {
  const {timeout, path, host = `${bracketed(address)}:${port}`, expect, proxyHeader: version} = check
  return oneResult({timeout, running}, (decide) => {
    const headers = {host, 'user-agent': 'lbex-health-check', connection: 'close'}
    // Without an agent, the request has a connection of its own.
    const createConnection = (): Socket => open(address, port, version)
    const sent = request({path, headers, setHost: false, createConnection})
    sent.on('error', (error) => decide(failed(socketReason(error))))
    sent.once('response', (response) => {
      response.on('error', (error) => decide(failed(socketReason(error))))
      if (expect?.type === 'text') search(response, expect.text, decide)
      else decideByStatus(response, expect?.statuses ?? DEFAULT_STATUSES, decide)
    })
    sent.end()
    return () => sent.destroy()
  })
}

/** The connection begins with a PROXY protocol header if `version` is given. */
function open(host: string, port: number, version: 'v1' | 'v2' | undefined): Socket {
  const socket = connect({host, port})
  if (version) socket.write(proxyHeader(version))
  return socket
}

function decideByStatus(
  {statusCode = 0}: IncomingMessage,
  statuses: readonly StatusRange[],
  decide: Decide,
): void {
  const isExpected = statuses.some(({from, to}) => from <= statusCode && statusCode <= to)
  decide(isExpected ? {ok: true} : failed(`status ${statusCode}`))
}

function search(response: IncomingMessage, text: string, decide: Decide): void {
  const {add, isFull} = searchText(text)
  const missing = failed('the response does not contain the expected text')
  response.on('data', (part: Buffer) => {
    if (add(part)) decide({ok: true})
    else if (isFull()) decide(missing)
  })
  response.once('end', () => decide(missing))
}
