/**
 * Reads which addresses of the host a Service requests: by an annotation, or by `spec.loadBalancerIP`, its deprecated form. If lbex
 * cannot read a request, it exposes no port of the Service: other addresses may be open to more clients.
 */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {parseIp} from '../cluster/ip-address.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import {isLoadBalancerOf, type ClassSelection} from './service-class.js'
import {annotationField, isAddressName} from './values.js'

export type AddressRequest = {
  /** The annotation, or the field of the spec. */
  readonly field: FieldPath
  /** Canonical IP addresses, and names of addresses; each once, at least one. */
  readonly entries: readonly string[]
  /** What spec.loadBalancerIP requests, if the annotation takes precedence over it. */
  readonly overruled?: readonly string[]
}

/** `all` addresses of the host, if the Service selects none; `invalid` if no port may be exposed. */
export type RequestedAddresses = 'all' | 'invalid' | AddressRequest

/**
 * Only the load balancer of a Service acts on its loadBalancerIP
 * (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec). If lbex serves the Service in
 * addition to another load balancer, the address is for the other one. A value that is not valid is reported.
 */
export function readListenAddresses(
  service: Service,
  selection: ClassSelection,
  report: ReportDiagnostic,
): RequestedAddresses {
  const {key} = ANNOTATIONS.listenAddress
  const {annotations, loadBalancerIP} = service
  const isOurs = isLoadBalancerOf(service, selection)
  const [value, fieldValue] = [annotations[key], isOurs ? loadBalancerIP : undefined]
  if (loadBalancerIP !== undefined && !isOurs) report('field-ignored', {field: FIELD, args: NOT_FOR_LBEX})
  if (value === undefined) return fieldValue === undefined ? 'all' : readField(fieldValue, report)
  const field = annotationField(key)
  const entries = readEntries(value, field, report)
  if (!entries) return 'invalid'
  return {field, entries, ...(fieldValue !== undefined && {overruled: parseEntries(fieldValue).entries})}
}

const FIELD: FieldPath = ['spec', 'loadBalancerIP']

/** Why loadBalancerIP is ignored if the annotation selects other addresses. */
export const OVERRULED = {
  why: 'the annotation loadbalancer.lbex/listen-address takes precedence, and selects other addresses',
  advice: 'keep one of them, or select the same addresses with both',
}

const NOT_FOR_LBEX = {
  why: 'it is for the load balancer of the Service, and lbex serves this Service only in addition',
  advice:
    'select an address with the annotation loadbalancer.lbex/listen-address, or make lbex the load balancer with spec.loadBalancerClass',
}

function readField(value: string, report: ReportDiagnostic): RequestedAddresses {
  const entries = readEntries(value, FIELD, report)
  if (!entries) return 'invalid'
  const instead = `the annotation ${ANNOTATIONS.listenAddress.key}: "${entries.join(',')}"`
  report('field-deprecated', {field: FIELD, on: 'key', args: {name: 'spec.loadBalancerIP', instead}})
  return {field: FIELD, entries}
}

function readEntries(
  value: string,
  field: FieldPath,
  report: ReportDiagnostic,
): AddressRequest['entries'] | undefined {
  const {entries, invalid} = parseEntries(value)
  if (invalid.length === 0) return entries
  report('listen-address-invalid', {field, args: {values: invalid}})
  return undefined
}

function parseEntries(value: string): {entries: readonly string[]; invalid: readonly string[]} {
  const texts = value.split(',').map((text) => text.trim())
  const parsed = texts.map((text) => ({text, entry: parseEntry(text)}))
  return {
    entries: [...new Set(parsed.flatMap(({entry}) => entry ?? []))],
    invalid: parsed.filter(({entry}) => entry === undefined).map(({text}) => text),
  }
}

/** A canonical IP address, which may be in brackets, or a name. */
function parseEntry(text: string): string | undefined {
  const address = /^\[([^[\]]*:[^[\]]*)\]$/.exec(text)?.[1] ?? text
  return parseIp(address)?.address ?? (isAddressName(text) ? text : undefined)
}
