/** Listens for HTTP requests on a TCP port, with limits for each client. */
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {createOneRequestServer, type HttpRequest, type HttpResponse} from '../util/one-request-server.js'
import {limitConnections, type ConnectionLimits} from './limit-connections.js'

export type HttpListenerOptions = {
  /** 0: any free port. */
  readonly port: number
  /** Default: all addresses. */
  readonly address?: string | undefined
  readonly handle: (request: HttpRequest) => Promise<HttpResponse>
  /** Overrides of the default limits. */
  readonly limits?: Partial<ConnectionLimits> | undefined
}

export type HttpListener = {
  readonly port: number
  close(): Promise<void>
}

/** Low, because lbex needs file descriptors for other purposes, but enough for all probes and scrapes of a network at once. */
const LIMITS: ConnectionLimits = {local: 64, remote: 256, lifetime: 5000}

/** Bursts of connections queue here until they are accepted. If the queue is full, clients retry after a second. */
const BACKLOG = 4096

/** Resolves when it listens; rejects with the error of the system. */
export async function listenHttp({
  port,
  address,
  handle,
  limits,
}: HttpListenerOptions): Promise<HttpListener> {
  const {server, close} = createOneRequestServer(handle)
  limitConnections(server, {...LIMITS, ...limits})
  server.listen({port, backlog: BACKLOG, ...(address !== undefined && {host: address})})
  await once(server, 'listening')
  // A connection could not be accepted, for example because the host is out of file descriptors: the client retries.
  server.on('error', () => {})
  return {port: (server.address() as AddressInfo).port, close}
}
