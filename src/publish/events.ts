/** Events as the API has them (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/). Pure. */
import type {ServiceRef} from '../core/cluster/written-state.js'
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import {concernsHost, DOMAIN, reasonOf} from './reasons.js'

/** What happened to a Service, before it has a time and a name. */
export type EventDraft = {
  readonly service: ServiceRef
  readonly uid?: string | undefined
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly action: string
  readonly note: string
}

export type Series = {readonly count: number; readonly lastObserved: number}

/** The API server accepts 1024 bytes. */
const LONGEST_NOTE = 1024
const LONGEST_INSTANCE = 128

/** Equal for what is one event, however often it happens. */
export function eventKey({service, uid, type, reason, note}: EventDraft): string {
  return [service.namespace, service.name, uid, type, reason, note].join('\n')
}

/** `instance`: the host that writes it. Times in milliseconds since the epoch. */
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

/** As client-go names them: the object, and a hexadecimal number that counts nanoseconds. */
export function eventName(service: ServiceRef, at: number, serial: number): string {
  const nanoseconds = BigInt(Math.trunc(at)) * 1_000_000n + BigInt(serial % 1_000_000)
  return `${service.name}.${nanoseconds.toString(16)}`
}

/** What a diagnostic says, with what to do about it. `host` is named if the diagnostic concerns that host alone. */
function describeDiagnostic({code, message, hint}: Diagnostic, host: string): string {
  const where = concernsHost(code) ? `on host ${host}: ` : ''
  return cutNote(`${where}${message}${hint ? `; ${hint}` : ''}`)
}

/** A Service that asks for something that is not served as asked; undefined for what is merely good to know. */
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

/** By bytes of UTF-8, between two characters. */
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
