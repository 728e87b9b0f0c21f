/** Whether a Service selects this lbex by its class, and whether lbex is then its load balancer or serves it in addition. */
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS} from './annotations.js'

export type ClassSelection = {
  /** Value of the annotation or of spec.loadBalancerClass that selects this lbex. */
  readonly className: string
  /** True if lbex is also the load balancer of Services of type LoadBalancer without a class. */
  readonly defaultLoadBalancer: boolean
}

/** True if the Service selects this lbex, even if another controller serves it too. */
export function selectsLbex(service: Service, selection: ClassSelection): boolean {
  if (hasClassAnnotation(service, selection)) return true
  return service.loadBalancerClass === selection.className || isLoadBalancerOf(service, selection)
}

export function hasClassAnnotation({annotations}: Service, {className}: ClassSelection): boolean {
  return annotations[ANNOTATIONS.class.key] === className
}

/**
 * True if this lbex is the load balancer of the Service: it listens on the ports of the Service and writes its status. A Service
 * that selects lbex only by the annotation may have another load balancer. An annotation with another class is a choice, so such
 * a Service is never one without a class.
 */
export function isLoadBalancerOf(
  {type, loadBalancerClass, annotations}: Pick<Service, 'type' | 'loadBalancerClass' | 'annotations'>,
  selection: ClassSelection,
): boolean {
  const annotation = annotations[ANNOTATIONS.class.key] ?? selection.className
  if (loadBalancerClass === undefined && annotation !== selection.className) return false
  return type === 'LoadBalancer' && isClassOf(loadBalancerClass, selection)
}

/** True if `loadBalancerClass`, of a Service of type LoadBalancer, is the class of this lbex. */
export function isClassOf(
  loadBalancerClass: string | undefined,
  {className, defaultLoadBalancer}: ClassSelection,
): boolean {
  return loadBalancerClass === undefined ? defaultLoadBalancer : loadBalancerClass === className
}
