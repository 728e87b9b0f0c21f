/** Creates events.k8s.io/v1 Events (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/). Pure. */
import type {ServiceRef} from '../core/cluster/written-state.js'
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import {concernsHost, DOMAIN, reasonOf} from './reasons.js'

/** An Event about a Service, without its time and name. */
export type EventDraft = {
  readonly service: ServiceRef
  readonly uid?: string | undefined
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly action: string
  readonly note: string
}

export type Series = {readonly count: number; readonly lastObserved: number}

/** Bytes that the API server accepts. */
const LONGEST_NOTE = 1024
const LONGEST_INSTANCE = 128

/** Equal for repetitions of the same Event. */
export function eventKey({service, uid, type, reason, note}: EventDraft): string {
  return [service.namespace, service.name, uid, type, reason, note].join('\n')
}

/** `instance`: the host that writes the Event. `at`: milliseconds since the epoch. */
export function makeEvent(draft: EventDraft, name: string, at: number, instance: string): object {
  const {service, uid, type, reason, action, note} = draft
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {name, namespace: service.namespace},
    eventTime: microTime(at),
    reportingController: `${DOMAIN}/lbex`,
    reportingInstance: instance.slice(0, LONGEST_INSTANCE),
    ...{type, reason, action, note: cutNote(note)},
    regarding: {
      ...{apiVersion: 'v1', kind: 'Service', namespace: service.namespace, name: service.name},
      ...(uid !== undefined && {uid}),
    },
  }
}

export function seriesPatch({count, lastObserved}: Series): object {
  return {series: {count, lastObservedTime: microTime(lastObserved)}}
}

/** Named as in client-go: the object, and the time in nanoseconds as a hexadecimal number. */
export function eventName(service: ServiceRef, at: number, serial: number): string {
  const nanoseconds = BigInt(Math.trunc(at)) * 1_000_000n + BigInt(serial % 1_000_000)
  return `${service.name}.${nanoseconds.toString(16)}`
}

/** The message and hint of a diagnostic. Starts with the name of `host` if the diagnostic is about that host only. */
function describeDiagnostic({code, message, hint}: Diagnostic, host: string): string {
  const where = concernsHost(code) ? `on host ${host}: ` : ''
  return cutNote(`${where}${message}${hint ? `; ${hint}` : ''}`)
}

/** A warning about a Service that is not served as requested; undefined for a diagnostic of severity info. */
export function draftOf(
  diagnostic: Diagnostic,
  {service, uid}: Pick<EventDraft, 'service' | 'uid'>,
  host: string,
): EventDraft | undefined {
  if (diagnostic.severity === 'info') return undefined
  const note = describeDiagnostic(diagnostic, host)
  return {service, uid, type: 'Warning', reason: reasonOf(diagnostic.code), action: 'Serve', note}
}

export function microTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

/** Truncates to the maximum number of bytes, not inside a character. */
export function cutNote(text: string): string {
  if (Buffer.byteLength(text) <= LONGEST_NOTE) return text
  let [cut, size] = ['', 3]
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > LONGEST_NOTE) break
    cut += character
  }
  return `${cut}...`
}
