/**
 * HTTP/1.1: requests the path of the check, and compares the status, or searches the body for a text. For a status, reading the
 * first line of the response by itself costs half as much as Node's HTTP client.
 */
import {request, type IncomingMessage} from 'node:http'
import type {Socket} from 'node:net'
import type {StatusRange} from '../core/intent/health-check.js'
import {bracketed} from '../core/model/listener-key.js'
import type {ProbeTarget} from '../core/model/probe-target.js'
import {openConnection} from './connection.js'
import {searchText} from './expected-text.js'
import {statusReader} from './http-status.js'
import {failed, failedSocket, type Decide, type Probe, type RunningProbe} from './probe-result.js'

/** Redirects count as success: the server answers. */
const DEFAULT_STATUSES: readonly StatusRange[] = [{from: 200, to: 399}]

const USER_AGENT = 'lbex-health-check'

export const probeHttp: Probe = (target, decide) => {
  const {expect} = target.check
  return expect?.type === 'text'
    ? probeBody(target, expect.text, decide)
    : probeStatus(target, expect?.statuses ?? DEFAULT_STATUSES, decide)
}

function probeStatus(target: ProbeTarget, statuses: readonly StatusRange[], decide: Decide): RunningProbe {
  const {path} = target.check
  return openConnection(target, decide, (socket) => {
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${hostOf(target)}\r\nUser-Agent: ${USER_AGENT}\r\nConnection: close\r\n\r\n`,
      'latin1',
    )
    const read = statusReader()
    socket.on('data', (part) => {
      const status = read(part)
      if (status === 'invalid') decide(failed('the response is not HTTP/1.1'))
      else if (status !== undefined) decide(resultOf(status, statuses))
    })
    socket.once('end', () => decide(failed('the connection was closed without a response')))
  })
}

function resultOf(status: number, statuses: readonly StatusRange[]): Parameters<Decide>[0] {
  const isExpected = statuses.some(({from, to}) => from <= status && status <= to)
  return isExpected ? {ok: true} : failed(`status ${status}`)
}

function probeBody(target: ProbeTarget, text: string, decide: Decide): RunningProbe {
  const fail = (error: Error): void => decide(failedSocket(error))
  const headers = {host: hostOf(target), 'user-agent': USER_AGENT, connection: 'close'}
  return openConnection(target, decide, (socket) => {
    // Without an agent, the request has a connection of its own.
    const createConnection = (): Socket => socket
    const sent = request({path: target.check.path, headers, setHost: false, createConnection})
    sent.on('error', fail)
    sent.once('response', (response) => {
      response.on('error', fail)
      search(response, text, decide)
    })
    sent.end()
  })
}

function hostOf({address, port, check}: ProbeTarget): string {
  return check.host ?? `${bracketed(address)}:${port}`
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
