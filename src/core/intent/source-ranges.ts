/**
 * Which clients may connect: `spec.loadBalancerSourceRanges`, or an annotation where the field cannot be used. What is not valid
 * closes the Service: a guard that its owner wrote, and that lbex cannot read, must not leave a port open.
 */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {Report} from '../../diagnostics/reporter.js'
import {formatRange, parseNetwork} from '../cluster/address-range.js'
import {parseIp} from '../cluster/ip-address.js'
import {SOURCE_RANGES} from '../cluster/in-use.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {IntentOptions} from './options.js'
import {annotationField} from './values.js'

/** `all`: every client. An empty list of ranges: none. */
export type AllowedClients = 'all' | readonly string[]

type Statement = {readonly field: FieldPath; readonly texts: readonly string[]}

/**
 * The clients that the Service is for: CIDR ranges in their shortest form, sorted, each once. The field wins over
 * `loadbalancer.lbex/source-ranges`, and that over the annotation that was there before the field
 * (https://kubernetes.io/docs/reference/labels-annotations-taints/#service-beta-kubernetes-io-load-balancer-source-ranges).
 * Undefined if a range is not valid or there are too many: no client is to be let in. That is reported.
 */
export function readSourceRanges(
  service: Service,
  {maxSourceRangesPerService: limit}: Pick<IntentOptions, 'maxSourceRangesPerService'>,
  report: Report,
): AllowedClients | undefined {
  const [statement, ...overruled] = statementsOf(service)
  if (!statement) return 'all'
  for (const {field} of overruled)
    report('source-ranges-overruled', {field, on: 'key', args: {by: nameOf(statement.field)}})
  const {field, texts} = statement
  const ports = Math.max(1, service.ports.length)
  if (texts.length * ports > limit) {
    report('source-ranges-over-limit', {field, args: {ranges: texts.length, ports, limit}})
    return undefined
  }
  const ranges = texts.map((text) => parseNetwork(text))
  const invalid = texts.filter((_, index) => ranges[index] === undefined)
  if (invalid[0] !== undefined) {
    report('source-ranges-invalid', {field, args: {values: invalid, ...asNetwork(invalid[0])}})
    return undefined
  }
  return [...new Set(ranges.flatMap((range) => (range ? [formatRange(range)] : [])))].sort()
}

/** For a single address, the network with that address alone. */
function asNetwork(text: string): {single?: string} {
  const ip = parseIp(text)
  return ip ? {single: `${ip.address}/${ip.family === 'IPv4' ? 32 : 128}`} : {}
}

/** The one that counts comes first. */
function statementsOf({loadBalancerSourceRanges, annotations}: Service): Statement[] {
  const fromField = loadBalancerSourceRanges && {
    field: ['spec', 'loadBalancerSourceRanges'],
    texts: loadBalancerSourceRanges.map((text) => text.trim()),
  }
  // To the API server and kube-proxy, an empty value of the older annotation means that there is none.
  const fromAnnotations = [
    ...statementOf(ANNOTATIONS.sourceRanges.key, annotations[ANNOTATIONS.sourceRanges.key]),
    ...statementOf(SOURCE_RANGES, annotations[SOURCE_RANGES]?.trim() || undefined),
  ]
  return [...(fromField ? [fromField] : []), ...fromAnnotations]
}

function statementOf(key: string, value: string | undefined): Statement[] {
  if (value === undefined) return []
  return [{field: annotationField(key), texts: value.split(',').map((text) => text.trim())}]
}

function nameOf(field: FieldPath): string {
  const [first, , key] = field
  return first === 'spec' ? 'spec.loadBalancerSourceRanges' : String(key)
}
