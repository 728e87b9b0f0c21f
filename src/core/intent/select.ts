/** Selects the Services that lbex serves, by class, filters, pool and type. */
import {nearest} from '../../diagnostics/nearest.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS, CLASS_VALUE} from './annotations.js'
import type {Affinity, IntentOptions} from './options.js'
import {hasClassAnnotation, isLoadBalancerOf, selectsLbex} from './service-class.js'
import {annotationField, isPoolName} from './values.js'

/** `selected`, or the first reason why this lbex does not serve a Service. */
export type Selection =
  'selected' | 'deleted' | 'filtered' | 'other-class' | 'other-pool' | 'unsupported-type'

/** Whether this lbex serves the Service. If not, reports the reason if the owner seems to expect that lbex serves it. */
export function selectionOf(service: Service, options: IntentOptions, report: ReportDiagnostic): Selection {
  if (service.deletionTimestamp !== undefined) return 'deleted'
  if (!passesFilters(service, options)) return 'filtered'
  if (!isOfClass(service, options, report)) return 'other-class'
  if (!isInPool(service, options, report)) return 'other-pool'
  return canBeBalanced(service, report) ? 'selected' : 'unsupported-type'
}

/** True if lbex would serve the Service if it were not being deleted. */
export function isSelectedIgnoringDeletion(service: Service, options: IntentOptions): boolean {
  const {deletionTimestamp: _, ...alive} = service
  return selectionOf(alive, options, () => {}) === 'selected'
}

function passesFilters({ref}: Service, options: IntentOptions): boolean {
  const {namespaces, excludedNamespaces, serviceName} = options
  if (namespaces.length > 0 && !namespaces.includes(ref.namespace)) return false
  if (excludedNamespaces.includes(ref.namespace)) return false
  return hasName(ref, serviceName)
}

/** `selector` is NAME or NAMESPACE/NAME, or undefined to match every Service. */
export function hasName(
  {namespace, name}: {readonly namespace: string; readonly name: string},
  selector: string | undefined,
): boolean {
  return selector === undefined || selector === name || selector === `${namespace}/${name}`
}

function isOfClass(service: Service, options: IntentOptions, report: ReportDiagnostic): boolean {
  if (!selectsLbex(service, options)) {
    reportMissingClass(service, options, report)
    return false
  }
  if (hasClassAnnotation(service, options)) reportOtherBalancers(service, options, report)
  return true
}

/** lbex serves the Service in addition to the other load balancer. */
function reportOtherBalancers(service: Service, options: IntentOptions, report: ReportDiagnostic): void {
  const {type, loadBalancerClass} = service
  if (type !== 'LoadBalancer' || isLoadBalancerOf(service, options)) return
  const serving =
    loadBalancerClass === undefined
      ? 'the cloud load balancer, if there is one'
      : `the controller of class ${loadBalancerClass}`
  const field = loadBalancerClass === undefined ? ['spec', 'type'] : ['spec', 'loadBalancerClass']
  report('class-foreign', {field, args: {serving, className: options.className}})
}

/** Only one diagnostic for each Service: a missing or misspelt class explains everything else. */
function reportMissingClass(
  {annotations, loadBalancerClass}: Service,
  {className}: IntentOptions,
  report: ReportDiagnostic,
): void {
  // The Service is for lbex hosts of the default class.
  if (className !== CLASS_VALUE && annotations[ANNOTATIONS.class.key] === CLASS_VALUE) return
  const misspelt = Object.entries(annotations).find(([key, value]) => isMisspeltClass(key, value, className))
  const keys = Object.keys(annotations).filter((key) => isAboutLbex(key) && key !== ANNOTATIONS.ignore.key)
  if (misspelt) {
    const [key, value] = misspelt
    const on = key === ANNOTATIONS.class.key ? 'value' : 'key'
    report('class-misspelt', {field: annotationField(key), on, args: {key, value, className}})
  } else if (loadBalancerClass !== undefined && isNearClass(loadBalancerClass, className)) {
    const args = {key: 'spec.loadBalancerClass', value: loadBalancerClass, className}
    report('class-misspelt', {field: ['spec', 'loadBalancerClass'], args})
  } else if (keys[0] !== undefined) {
    report('class-missing', {field: annotationField(keys[0]), on: 'key', args: {keys, className}})
  }
}

function isMisspeltClass(key: string, value: string, className: string): boolean {
  if (key === ANNOTATIONS.class.key) return isNearClass(value.trim(), className)
  return value === className && nearest(key, [ANNOTATIONS.class.key]) !== undefined
}

/** Everything that ends like `lbex` is near the default class. */
function isNearClass(text: string, className: string): boolean {
  return className === CLASS_VALUE ? endsNearLbex(text) : nearest(text, [className]) !== undefined
}

/** True for a key in a domain of lbex, or in a domain that is most likely a misspelling of one. */
export function isAboutLbex(key: string): boolean {
  const [domain = ''] = key.split('/', 1)
  return domain.endsWith('.lbex') || (domain.startsWith('loadbalancer') && endsNearLbex(domain))
}

/** Only the last word is compared: classes and domains of other projects may begin with `loadbalancer`. */
function endsNearLbex(text: string): boolean {
  return nearest(text.split(/\W|_/).at(-1) ?? '', ['lbex']) !== undefined
}

function isInPool(
  service: Service,
  {servicePool, affinity}: IntentOptions,
  report: ReportDiagnostic,
): boolean {
  const {key} = ANNOTATIONS.servicePool
  const pool = service.annotations[key] ?? ''
  if (pool !== '' && !isPoolName(pool)) {
    report('pool-invalid', {field: annotationField(key), args: {value: pool}})
    return false
  }
  return MATCHES[affinity](pool, servicePool)
}

/**
 *  affinity | Service without a pool   | with the pool of this lbex | with another pool
 *  default  | served                   | served                     | not served
 *  strict   | only if lbex has no pool | served                     | not served
 *  anti     | only if lbex has a pool  | not served                 | served
 */
const MATCHES: Record<Affinity, (pool: string, ownPool: string) => boolean> = {
  default: (pool, ownPool) => pool === '' || pool === ownPool,
  strict: (pool, ownPool) => pool === ownPool,
  anti: (pool, ownPool) => pool !== ownPool,
}

const SUPPORTED_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer']

function canBeBalanced(service: Service, report: ReportDiagnostic): boolean {
  if (!SUPPORTED_TYPES.includes(service.type)) {
    report('service-type', {field: ['spec', 'type'], args: {what: `a Service of type ${service.type}`}})
    return false
  }
  if (service.clusterIPs.includes('None')) {
    report('service-type', {field: ['spec', 'clusterIP'], args: {what: 'a headless Service'}})
    return false
  }
  return true
}
