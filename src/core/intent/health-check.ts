/** The active health check of a Service: how lbex probes the servers of its upstreams. */

import type {Credential} from '../cluster/credentials.js'

export type HealthCheckType = 'tcp' | 'http' | 'udp'

export type HealthCheck = {
  /** Equal for equal checks. */
  readonly id: string
  readonly type: HealthCheckType
  /** The port to probe; absent for the port of each server. */
  readonly port?: number
  /** Path and Host header of the HTTP request. */
  readonly path: string
  readonly host?: string
  /** Absent: for HTTP, a status of class 2xx or 3xx; for TCP, the connection; for UDP, no ICMP error. */
  readonly expect?: Expectation
  /** The bytes to send, for TCP and UDP, as a string of characters below 256. */
  readonly send?: string
  /** Version of the PROXY protocol header that the server expects before everything else. */
  readonly proxyHeader?: 'v1' | 'v2'
  /** Absent if the servers expect no TLS. */
  readonly tls?: ProbeTls
  /** Milliseconds between the starts of two probes of one server. */
  readonly interval: number
  /** Milliseconds that a probe may take. */
  readonly timeout: number
  /** Successful probes in a row after which a failing server is used again. */
  readonly rise: number
  /** Failed probes in a row after which a server is failing. */
  readonly fall: number
}

/** TLS to the servers, as NGINX does it. */
export type ProbeTls = {
  /** The name to ask for (SNI), and that the certificate must have. */
  readonly name: string
  /** Those that may have issued the certificate. Absent: any certificate is accepted. */
  readonly authorities?: Credential
}

/** What a response must have: one of these statuses (HTTP), or this text. */
export type Expectation =
  | {readonly type: 'status'; readonly statuses: readonly StatusRange[]}
  | {readonly type: 'text'; readonly text: string}

/** Both ends are included. */
export type StatusRange = {readonly from: number; readonly to: number}
