/**
 * Reads which clients may connect: `spec.loadBalancerSourceRanges` or an annotation. If lbex cannot read a restriction, it
 * exposes no port of the Service: a restriction must not be ignored.
 */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {formatRange, parseNetwork} from '../cluster/address-range.js'
import {parseIp} from '../cluster/ip-address.js'
import {SOURCE_RANGES} from '../cluster/in-use.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'
import type {IntentOptions} from './options.js'
import {annotationField} from './values.js'

/** `all` clients, or those in the ranges; an empty list allows no client. */
export type AllowedClients = 'all' | readonly string[]

type SourceRanges = {readonly field: FieldPath; readonly texts: readonly string[]}

/**
 * The clients that may connect: canonical CIDR ranges, sorted, without duplicates. The field takes precedence over
 * `loadbalancer.lbex/source-ranges`, which takes precedence over the older annotation
 * (https://kubernetes.io/docs/reference/labels-annotations-taints/#service-beta-kubernetes-io-load-balancer-source-ranges).
 * Reports and returns undefined if a range is not valid or if there are too many ranges. `ports`: the number of listen ports, each of
 * which has all ranges in the configuration.
 */
export function readSourceRanges(
  service: Service,
  {maxSourceRangesPerService: limit}: Pick<IntentOptions, 'maxSourceRangesPerService'>,
  report: ReportDiagnostic,
  ports = Math.max(1, service.ports.length),
): AllowedClients | undefined {
  const [chosen, ...overruled] = readAll(service)
  if (!chosen) return 'all'
  for (const {field} of overruled)
    report('source-ranges-overruled', {field, on: 'key', args: {by: nameOf(chosen.field)}})
  const {field, texts} = chosen
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
  const exact = ranges.flatMap((range) => (range ? [formatRange(range)] : []))
  if (service.uid === undefined && field.at(-1) !== ANNOTATIONS.sourceRanges.key) {
    const values = texts.filter((text, index) => isLoose(text, exact[index]))
    const instead = exact.filter((range, index) => isLoose(texts[index], range))
    if (values.length > 0) report('source-ranges-loose', {field, args: {values, instead}})
  }
  return [...new Set(exact)].sort()
}

/**
 * True if `text` is not `exact` in another case or with other zeros of IPv6
 * (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go).
 */
function isLoose(text = '', exact = ''): boolean {
  const [address = '', prefix] = text.split('/')
  return exact !== `${parseIp(address)?.address}/${prefix}`
}

/** For a single address: the range that contains only this address. */
function asNetwork(text: string): {single?: string} {
  const ip = parseIp(text)
  return ip ? {single: `${ip.address}/${ip.family === 'IPv4' ? 32 : 128}`} : {}
}

/** The places that set source ranges, in order of precedence. */
function readAll({loadBalancerSourceRanges, annotations}: Service): SourceRanges[] {
  const fromField = loadBalancerSourceRanges && {
    field: ['spec', 'loadBalancerSourceRanges'],
    texts: loadBalancerSourceRanges.map((text) => text.trim()),
  }
  // To the API server and kube-proxy, an empty value of the older annotation means that there is none.
  const fromAnnotations = [
    ...fromAnnotation(ANNOTATIONS.sourceRanges.key, annotations[ANNOTATIONS.sourceRanges.key]),
    ...fromAnnotation(SOURCE_RANGES, annotations[SOURCE_RANGES]?.trim() || undefined),
  ]
  return [...(fromField ? [fromField] : []), ...fromAnnotations]
}

function fromAnnotation(key: string, value: string | undefined): SourceRanges[] {
  if (value === undefined) return []
  return [{field: annotationField(key), texts: value.split(',').map((text) => text.trim())}]
}

function nameOf(field: FieldPath): string {
  const [first, , key] = field
  return first === 'spec' ? 'spec.loadBalancerSourceRanges' : String(key)
}
