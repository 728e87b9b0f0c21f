/**
 * What load balancer controllers wrote to a Service. It is kept apart from the Service: lbex writes it but does not serve from it, so a change of it must not look like a change
 * of the Service.
 */
import {parseIp} from './ip-address.js'
import type {ObjectRef} from '../../diagnostics/diagnostic.js'

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceStatus */
export type IngressPort = {readonly port: number; readonly protocol: string; readonly error?: string}

export type Ingress = {
  readonly ip?: string
  readonly hostname?: string
  readonly ipMode?: string
  readonly ports?: readonly IngressPort[]
}

export type WrittenState = {
  readonly resourceVersion?: string
  /** status.loadBalancer.ingress */
  readonly ingress: readonly Ingress[]
  /** The field manager that wrote the ingress; absent if there is no ingress, or if the API server does not say it. */
  readonly writer?: string
  /** True if the ingress is too large to be kept, or is not what the API promises. */
  readonly isCut?: boolean
  /** True if the Service has the finalizer LOAD_BALANCER_FINALIZER. */
  readonly hasFinalizer: boolean
  /** The other finalizers, if it has any; `too-many` if they are not kept. */
  readonly otherFinalizers?: readonly string[] | 'too-many'
  /** True if the Service is of type LoadBalancer. */
  readonly isLoadBalancer: boolean
  /** spec.loadBalancerClass */
  readonly loadBalancerClass?: string
  /** True if the Service waits for its finalizers. */
  readonly isDeleting?: boolean
}

/** Addresses in the status of Services, by NAMESPACE/NAME, in the form of parseIp; only of Services that have one. */
export type StatusAddresses = ReadonlyMap<string, readonly string[]>

/** The first part of the field manager of every lbex. */
export const MANAGER_PREFIX = 'lbex.'

/**
 * The IP addresses that an lbex wrote to the status, or that may be of an lbex, because the API server does not say who wrote them.
 * Those of another controller, which served the Service before, are not of a pool.
 */
export function statusAddressesOf({
  ingress,
  writer,
}: Pick<WrittenState, 'ingress' | 'writer'>): readonly string[] {
  return isOfLbex(writer) ? addressesIn(ingress) : []
}

/** The IP addresses that another controller than lbex wrote to the status. */
export function otherAddressesOf({
  ingress,
  writer,
}: Pick<WrittenState, 'ingress' | 'writer'>): readonly string[] {
  return isOfLbex(writer) ? [] : addressesIn(ingress)
}

function isOfLbex(writer: string | undefined): boolean {
  return writer === undefined || writer.startsWith(MANAGER_PREFIX)
}

function addressesIn(ingress: readonly Ingress[]): readonly string[] {
  return ingress.flatMap(({ip}) => (ip === undefined ? [] : (parseIp(ip)?.address ?? [])))
}

export const LOAD_BALANCER_FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'

export type ServiceRef = ObjectRef & {readonly namespace: string}

export interface WrittenStates {
  /** Undefined for a Service that is not of type LoadBalancer and to which nothing was written, or that is not known. */
  written(service: ServiceRef): WrittenState | undefined

  /** All Services for which `written` is defined. */
  allWritten(): Iterable<readonly [service: ServiceRef, state: WrittenState]>

  /** Stores the Service from the response to a write, which may arrive before its watch event. */
  take(service: object): void

  /** Calls `listener` after a change of what was written to a Service. */
  onWritten(listener: (service: ServiceRef) => void): void
}
