/**
 * The settings of a Service for its upstreams: one value that is passed unchanged from the annotations to the template. A new
 * setting of an upstream is a field here and is read below.
 */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {HealthCheck} from './health-check.js'
import {readHealthCheck} from './read-health-check.js'
import {readNumbers} from './setting-values.js'
import {annotationField, readEnum, type LeastTimeMethod} from './values.js'

export type UpstreamSettings = {
  readonly balancing: Balancing
  /** Failed connections after which a server is not used for `failTimeout`; 0: it is always used. */
  readonly maxFails?: number
  /** Milliseconds, a multiple of 1000. */
  readonly failTimeout?: number
  /** Connections to one server at a time. */
  readonly maxConnections?: number
  /** Milliseconds after which connections to a server that is not used any more are ended. Absent: lbex does not end them. */
  readonly drainTimeout?: number
  /** Absent if the Service asks for no active check. */
  readonly healthCheck?: HealthCheck
}

/**
 * How an upstream chooses a server; `client_ip` is a consistent hash of the client address, and `client_ip_port` one of the
 * address and port.
 */
export type Balancing =
  | {readonly algorithm: 'round_robin' | 'least_conn' | 'random' | 'client_ip' | 'client_ip_port'}
  | {readonly algorithm: 'least_time'; readonly method: LeastTimeMethod}

const NUMBERS = {
  maxFails: ANNOTATIONS.maxFails,
  failTimeout: ANNOTATIONS.failTimeout,
  maxConnections: ANNOTATIONS.maxConnections,
  drainTimeout: ANNOTATIONS.drainTimeout,
}

/** The settings of all upstreams of the Service. An invalid value is reported and replaced by its default. */
export function readUpstreamSettings(service: Service, report: ReportDiagnostic): UpstreamSettings {
  const {drainTimeout, ...numbers} = readNumbers(service, NUMBERS, report)
  if (numbers.maxFails === 0 && numbers.failTimeout !== undefined)
    report('setting-unused', {
      field: annotationField(ANNOTATIONS.failTimeout.key),
      on: 'key',
      args: {
        key: ANNOTATIONS.failTimeout.key,
        why: 'max-fails is 0',
        advice: 'remove one of the two annotations',
      },
    })
  const healthCheck = readHealthCheck(service, report)
  return {
    balancing: readBalancing(service, report),
    ...numbers,
    ...(drainTimeout && {drainTimeout}),
    ...(healthCheck && {healthCheck}),
  }
}

/** spec.sessionAffinity: ClientIP takes precedence over the algorithm. Annotations that have no effect are reported. */
function readBalancing(service: Service, report: ReportDiagnostic): Balancing {
  const algorithm = readEnum(service, ANNOTATIONS.algorithm, report)
  const method = readEnum(service, ANNOTATIONS.method, report)
  const hashKey = readEnum(service, ANNOTATIONS.hashKey, report)
  const hasAffinity = service.sessionAffinity === 'ClientIP'
  if (algorithm !== 'least_time' && service.annotations[ANNOTATIONS.method.key] !== undefined)
    report('method-unused', {field: annotationField(ANNOTATIONS.method.key), on: 'key', args: {algorithm}})
  if (algorithm !== 'hash' && service.annotations[ANNOTATIONS.hashKey.key] !== undefined)
    reportUnusedKey(algorithm, report)
  if (hasAffinity && algorithm !== 'round_robin')
    report('affinity-wins', {field: annotationField(ANNOTATIONS.algorithm.key), args: {algorithm}})
  if (hasAffinity) return {algorithm: 'client_ip'}
  if (algorithm === 'hash') return {algorithm: hashKey === 'client-ip' ? 'client_ip' : 'client_ip_port'}
  return algorithm === 'least_time' ? {algorithm, method} : {algorithm}
}

function reportUnusedKey(algorithm: string, report: ReportDiagnostic): void {
  const {key} = ANNOTATIONS.hashKey
  const args = {
    key,
    why: `the algorithm is ${algorithm}`,
    advice: 'set loadbalancer.lbex/algorithm: hash, or remove the annotation',
  }
  report('setting-unused', {field: annotationField(key), on: 'key', args})
}
