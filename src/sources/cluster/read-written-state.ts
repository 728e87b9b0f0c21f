/** Reads what load balancer controllers wrote to a Service: the fields that lbex compares with what it would write. */
import type {KubeObject} from '../../kube/answers.js'
import {
  LOAD_BALANCER_FINALIZER,
  type Ingress,
  type IngressPort,
  type WrittenState,
} from '../../core/cluster/written-state.js'
import {integer, list, mapping, optional, text} from './shape.js'

/** For all ingress entries of a Service: any client with the permission can write more. */
const MOST_ENTRIES = 256
const MOST_PORTS = 2048
const MOST_FINALIZERS = 32
const LONGEST = 512

const readIngress = list(
  mapping<Ingress>({
    ip: optional(text),
    hostname: optional(text),
    ipMode: optional(text),
    ports: optional(list(mapping<IngressPort>({port: integer, protocol: text, error: optional(text)}))),
  }),
)

type ApiFields = {
  readonly metadata: {
    readonly resourceVersion?: unknown
    readonly finalizers?: unknown
    readonly deletionTimestamp?: unknown
    readonly managedFields?: unknown
  }
  readonly spec?: {readonly type?: unknown; readonly loadBalancerClass?: unknown} | null
  readonly status?: {readonly loadBalancer?: {readonly ingress?: unknown} | null} | null
}

/** An entry of metadata.managedFields, as far as it is read; any of it may be absent. */
type ManagedFields = {
  readonly manager?: unknown
  readonly fieldsV1?: {
    readonly 'f:status'?: {readonly 'f:loadBalancer'?: {readonly 'f:ingress'?: unknown} | null} | null
  } | null
} | null

/** Undefined for a Service to which nothing was written and that is not of type LoadBalancer. Never throws. */
export function readWrittenState(object: KubeObject): WrittenState | undefined {
  const {metadata, spec, status} = object as ApiFields
  const {resourceVersion, finalizers} = metadata
  const {hasFinalizer, ...otherFinalizers} = splitFinalizers(finalizers)
  const given = status?.loadBalancer?.ingress ?? []
  const isEmpty = Array.isArray(given) && given.length === 0
  const isLoadBalancer = spec?.type === 'LoadBalancer'
  if (isEmpty && !hasFinalizer && !isLoadBalancer) return undefined
  const loadBalancerClass = spec?.loadBalancerClass
  const ingress = boundedIngress(given)
  return {
    ...(typeof resourceVersion === 'string' && {resourceVersion}),
    ingress: ingress ?? [],
    ...(!ingress && {isCut: true}),
    ...(!isEmpty && writerOf(metadata.managedFields)),
    ...{hasFinalizer, ...otherFinalizers, isLoadBalancer},
    ...(typeof loadBalancerClass === 'string' && {loadBalancerClass}),
    ...(typeof metadata.deletionTimestamp === 'string' && {isDeleting: true}),
  }
}

function splitFinalizers(given: unknown): Pick<WrittenState, 'hasFinalizer' | 'otherFinalizers'> {
  const finalizers: readonly unknown[] = Array.isArray(given) ? given : []
  const hasFinalizer = finalizers.includes(LOAD_BALANCER_FINALIZER)
  const others = finalizers.filter((finalizer) => finalizer !== LOAD_BALANCER_FINALIZER)
  if (others.length === 0) return {hasFinalizer}
  const isKept = others.length <= MOST_FINALIZERS && others.every(isShortText)
  return {hasFinalizer, otherFinalizers: isKept ? others : 'too-many'}
}

/**
 * The manager of the entry with `f:status.f:loadBalancer.f:ingress`: the list is atomic, so one client owns it
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management).
 */
function writerOf(managedFields: unknown): Pick<WrittenState, 'writer'> {
  const entries: readonly ManagedFields[] = Array.isArray(managedFields) ? managedFields : []
  const owner = entries.find((entry) => entry?.fieldsV1?.['f:status']?.['f:loadBalancer']?.['f:ingress'])
  const manager = owner?.manager
  return isShortText(manager) ? {writer: manager} : {}
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST
}

/** Undefined if it is too large or malformed. */
function boundedIngress(given: unknown): readonly Ingress[] | undefined {
  try {
    const ingress = readIngress(given)
    const ports = ingress.flatMap((entry) => entry.ports ?? [])
    const texts = [
      ...ingress.flatMap(({ip = '', hostname = '', ipMode = ''}) => [ip, hostname, ipMode]),
      ...ports.flatMap(({protocol, error = ''}) => [protocol, error]),
    ]
    const isSmall = ingress.length <= MOST_ENTRIES && ports.length <= MOST_PORTS
    return isSmall && texts.every(({length}) => length <= LONGEST) ? ingress : undefined
  } catch {
    return undefined
  }
}
