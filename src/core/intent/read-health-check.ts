/** Reads the active health check of a Service from its settings. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {HealthCheck} from './health-check.js'
import {readChoice, readNumbers, readText} from './setting-values.js'
import {annotationField} from './values.js'

const NUMBERS = {
  port: ANNOTATIONS.healthCheckPort,
  interval: ANNOTATIONS.healthCheckInterval,
  timeout: ANNOTATIONS.healthCheckTimeout,
  rise: ANNOTATIONS.healthCheckRise,
  fall: ANNOTATIONS.healthCheckFall,
}

/** The values that apply if the Service and the flags set no valid one: those of the table. */
const DEFAULTS = {path: '/', interval: 5000, timeout: 2000, rise: 2, fall: 3}

/**
 * The health check of a Service; undefined if it asks for none. An invalid value is reported and replaced by its default.
 * Settings that have no effect are reported.
 */
export function readHealthCheck(service: Service, report: ReportDiagnostic): HealthCheck | undefined {
  const type = readChoice(service, ANNOTATIONS.healthCheck, report)
  reportUnused(service, type, report)
  if (type === 'off') return undefined
  const given = readNumbers(service, NUMBERS, report)
  const numbers = {...DEFAULTS, ...given}
  const {interval} = numbers
  const check = {
    type,
    ...numbers,
    // A probe ends before the next one begins, so that a server that does not answer is found after `fall` intervals.
    timeout: Math.min(numbers.timeout, interval),
    ...(type === 'http' ? readHttp(service, report) : readPayload(service, report)),
    ...(given.port === undefined && proxyHeader(service, type)),
  }
  reportWeakness(check, report)
  if (given.timeout !== undefined && given.timeout > interval) reportLimit(report)
  return {id: JSON.stringify(Object.entries(check).sort()), ...check}
}

/** A check of another port talks to something else, which most likely expects no header. */
function proxyHeader({annotations}: Service, type: string): Pick<HealthCheck, 'proxyHeader'> {
  const version = annotations[ANNOTATIONS.proxyProtocol.key]
  if (type === 'udp') return {}
  return version === 'v1' || version === 'v2' ? {proxyHeader: version} : {}
}

type Payload = Pick<HealthCheck, 'expect' | 'send'>

function readHttp(
  service: Service,
  report: ReportDiagnostic,
): Partial<Pick<HealthCheck, 'path' | 'host' | 'expect'>> {
  const path = readText(service, ANNOTATIONS.healthCheckPath, report)
  const host = readText(service, ANNOTATIONS.healthCheckHost, report)
  const expect = readText(service, ANNOTATIONS.healthCheckExpect, report)
  return {
    ...(path !== undefined && {path}),
    ...(host !== undefined && {host}),
    ...(expect && {expect}),
  }
}

/** For TCP and UDP, `200` is a text like any other. */
function readPayload(service: Service, report: ReportDiagnostic): Payload {
  const expect = readText(service, ANNOTATIONS.healthCheckExpect, report)
  const send = readText(service, ANNOTATIONS.healthCheckSend, report)
  const text = service.annotations[ANNOTATIONS.healthCheckExpect.key] ?? ''
  return {
    ...(expect && {expect: expect.type === 'text' ? expect : {type: 'text', text}}),
    ...(send !== undefined && {send}),
  }
}

/** Settings without a flag: a default of the host is for Services with any check. */
const OF_TYPES: readonly {readonly key: string; readonly types: readonly string[]}[] = [
  {key: ANNOTATIONS.healthCheckPath.key, types: ['http']},
  {key: ANNOTATIONS.healthCheckHost.key, types: ['http']},
  {key: ANNOTATIONS.healthCheckSend.key, types: ['tcp', 'udp']},
  {key: ANNOTATIONS.healthCheckExpect.key, types: ['http', 'tcp', 'udp']},
  {key: ANNOTATIONS.healthCheckPort.key, types: ['http', 'tcp', 'udp']},
  {key: ANNOTATIONS.healthCheckInterval.key, types: ['http', 'tcp', 'udp']},
  {key: ANNOTATIONS.healthCheckTimeout.key, types: ['http', 'tcp', 'udp']},
  {key: ANNOTATIONS.healthCheckRise.key, types: ['http', 'tcp', 'udp']},
  {key: ANNOTATIONS.healthCheckFall.key, types: ['http', 'tcp', 'udp']},
]

function reportUnused({annotations}: Service, type: string, report: ReportDiagnostic): void {
  for (const {key, types} of OF_TYPES) {
    if (annotations[key] === undefined || types.includes(type)) continue
    const advice = `set ${ANNOTATIONS.healthCheck.key}: ${types.join(' or ')}, or remove the annotation`
    const args = {key, why: `health-check is ${type}`, advice}
    report('setting-unused', {field: annotationField(key), on: 'key', args})
  }
}

function reportWeakness({type, expect}: Omit<HealthCheck, 'id'>, report: ReportDiagnostic): void {
  if (type !== 'udp' || expect) return
  const advice = `set ${ANNOTATIONS.healthCheckSend.key} and ${ANNOTATIONS.healthCheckExpect.key}`
  const args = {why: 'without an expected text, a UDP check finds only closed ports', advice}
  report('health-check-weak', {field: annotationField(ANNOTATIONS.healthCheck.key), args})
}

function reportLimit(report: ReportDiagnostic): void {
  const advice = `set ${ANNOTATIONS.healthCheckTimeout.key} to at most the interval`
  const args = {why: 'a probe ends after the interval, which is shorter than the timeout', advice}
  report('health-check-weak', {field: annotationField(ANNOTATIONS.healthCheckInterval.key), args})
}
