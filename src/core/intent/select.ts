/** Which Services are ours: class, filters, pool and type. */
import {nearest} from '../../diagnostics/nearest.js'
import type {Report} from '../../diagnostics/reporter.js'
import type {Service} from '../cluster/objects.js'
import {ANNOTATIONS, CLASS_VALUE} from './annotations.js'
import type {Affinity, IntentOptions} from './options.js'
import {annotationField, isPoolName} from './values.js'

/** True when this lbex is to serve the Service; reports why not, where its owner seems to have meant otherwise. */
export function isOurs(service: Service, options: IntentOptions, report: Report): boolean {
  return (
    service.deletionTimestamp === undefined &&
    passesFilters(service, options) &&
    asksForLbex(service, report) &&
    isInPool(service, options, report) &&
    canBeBalanced(service, report)
  )
}

function passesFilters({ref}: Service, options: IntentOptions): boolean {
  const {namespaces, excludedNamespaces, serviceName} = options
  if (namespaces.length > 0 && !namespaces.includes(ref.namespace)) return false
  if (excludedNamespaces.includes(ref.namespace)) return false
  return hasName(ref, serviceName)
}

/** `wanted` is NAME, NAMESPACE/NAME, or undefined for every Service. */
export function hasName(
  {namespace, name}: {readonly namespace: string; readonly name: string},
  wanted: string | undefined,
): boolean {
  return wanted === undefined || wanted === name || wanted === `${namespace}/${name}`
}

function asksForLbex(service: Service, report: Report): boolean {
  if (!requestsLbex(service)) {
    reportForgottenClass(service, report)
    return false
  }
  if (isAnnotated(service)) reportOtherBalancers(service, report)
  return true
}

/** True if the Service has our class, even if another controller serves it. */
export function requestsLbex(service: Service): boolean {
  return isAnnotated(service) || service.loadBalancerClass === CLASS_VALUE
}

function isAnnotated({annotations}: Service): boolean {
  return annotations[ANNOTATIONS.class.key] === CLASS_VALUE
}

/** lbex is supplemental: it serves the Service all the same. */
function reportOtherBalancers({type, loadBalancerClass}: Service, report: Report): void {
  if (type !== 'LoadBalancer' || loadBalancerClass === CLASS_VALUE) return
  const serving =
    loadBalancerClass === undefined
      ? 'the cloud load balancer, if there is one'
      : `the controller of class ${loadBalancerClass}`
  const field = loadBalancerClass === undefined ? ['spec', 'type'] : ['spec', 'loadBalancerClass']
  report('class-foreign', {field, args: {serving}})
}

/** One finding for each Service: what is wrong with its class explains all the rest. */
function reportForgottenClass({annotations, loadBalancerClass}: Service, report: Report): void {
  const misspelt = Object.entries(annotations).find(([key, value]) => isMisspeltClass(key, value))
  const keys = Object.keys(annotations).filter((key) => isAboutLbex(key) && key !== ANNOTATIONS.ignore.key)
  if (misspelt) {
    const [key, value] = misspelt
    const on = key === ANNOTATIONS.class.key ? 'value' : 'key'
    report('class-misspelt', {field: annotationField(key), on, args: {key, value}})
  } else if (loadBalancerClass !== undefined && endsNearLbex(loadBalancerClass)) {
    const args = {key: 'spec.loadBalancerClass', value: loadBalancerClass}
    report('class-misspelt', {field: ['spec', 'loadBalancerClass'], args})
  } else if (keys[0] !== undefined) {
    report('class-missing', {field: annotationField(keys[0]), on: 'key', args: {keys}})
  }
}

function isMisspeltClass(key: string, value: string): boolean {
  if (key === ANNOTATIONS.class.key) return endsNearLbex(value.trim())
  return value === CLASS_VALUE && nearest(key, [ANNOTATIONS.class.key]) !== undefined
}

/** True for every key in a domain of ours, and for one whose domain is most likely a misspelling of ours. */
export function isAboutLbex(key: string): boolean {
  const [domain = ''] = key.split('/', 1)
  return domain.endsWith('.lbex') || (domain.startsWith('loadbalancer') && endsNearLbex(domain))
}

/** The last word tells: others' classes and domains may begin with `loadbalancer` too. */
function endsNearLbex(text: string): boolean {
  return nearest(text.split(/\W|_/).at(-1) ?? '', ['lbex']) !== undefined
}

function isInPool(service: Service, {servicePool, affinity}: IntentOptions, report: Report): boolean {
  const {key} = ANNOTATIONS.servicePool
  const pool = service.annotations[key] ?? ''
  if (pool !== '' && !isPoolName(pool)) {
    report('pool-invalid', {field: annotationField(key), args: {value: pool}})
    return false
  }
  return MATCHES[affinity](pool, servicePool)
}

/**
 *  affinity | Service without a pool | with ours | with another
 *  default  | served                 | served    | not
 *  strict   | only if we have none   | served    | not
 *  anti     | only if we have one    | not       | served
 */
const MATCHES: Record<Affinity, (pool: string, ours: string) => boolean> = {
  default: (pool, ours) => pool === '' || pool === ours,
  strict: (pool, ours) => pool === ours,
  anti: (pool, ours) => pool !== ours,
}

const BALANCED_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer']

function canBeBalanced(service: Service, report: Report): boolean {
  if (!BALANCED_TYPES.includes(service.type)) {
    report('service-type', {field: ['spec', 'type'], args: {what: `a Service of type ${service.type}`}})
    return false
  }
  if (service.clusterIPs.includes('None')) {
    report('service-type', {field: ['spec', 'clusterIP'], args: {what: 'a headless Service'}})
    return false
  }
  return true
}
