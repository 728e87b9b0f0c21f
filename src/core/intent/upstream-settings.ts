/**
 * The settings of a Service for its upstreams: one value that is passed unchanged from the annotations to the template. A new
 * setting of an upstream is a field here and is read below.
 */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import {annotationField, readEnum, type LeastTimeMethod} from './values.js'

export type UpstreamSettings = {
  readonly balancing: Balancing
}

/** How an upstream chooses a server; `client_ip` is a consistent hash of the client address. */
export type Balancing =
  | {readonly algorithm: 'round_robin' | 'least_conn' | 'client_ip'}
  | {readonly algorithm: 'least_time'; readonly method: LeastTimeMethod}

/** The settings of all upstreams of the Service. An invalid value is reported and replaced by its default. */
export function readUpstreamSettings(service: Service, report: ReportDiagnostic): UpstreamSettings {
  return {balancing: readBalancing(service, report)}
}

/** spec.sessionAffinity: ClientIP takes precedence over the algorithm. Annotations that have no effect are reported. */
function readBalancing(service: Service, report: ReportDiagnostic): Balancing {
  const algorithm = readEnum(service, ANNOTATIONS.algorithm, report)
  const method = readEnum(service, ANNOTATIONS.method, report)
  const hasAffinity = service.sessionAffinity === 'ClientIP'
  if (algorithm !== 'least_time' && service.annotations[ANNOTATIONS.method.key] !== undefined)
    report('method-unused', {field: annotationField(ANNOTATIONS.method.key), on: 'key', args: {algorithm}})
  if (hasAffinity && algorithm !== 'round_robin')
    report('affinity-wins', {field: annotationField(ANNOTATIONS.algorithm.key), args: {algorithm}})
  if (hasAffinity) return {algorithm: 'client_ip'}
  return algorithm === 'least_time' ? {algorithm, method} : {algorithm}
}
