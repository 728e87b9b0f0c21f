/** What is shown of a Service above its ports: what selects it, its pool and its settings. */
import type {Service} from '../core/cluster/objects.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import type {IntentOptions} from '../core/intent/options.js'
import type {Selection} from '../core/intent/select.js'
import {hasClassAnnotation} from '../core/intent/service-class.js'
import type {TranslatedService} from '../core/translate/translator.js'

export type Row = readonly [label: string, text: string]

export type SelectedService = {
  readonly service: Service
  readonly selection: Selection
  /** Absent if the Service is not selected, or if the API server would reject it. */
  readonly translated?: TranslatedService
  readonly options: Pick<IntentOptions, 'className' | 'servicePool' | 'affinity'>
}

export function factsOf(selected: SelectedService): Row[] {
  return [selectionRow(selected), ...poolRow(selected), ...settingsRow(selected)]
}

function selectionRow({service, selection, options}: SelectedService): Row {
  if (selection !== 'selected') return ['not selected', WHY_NOT[selection](service, options)]
  return [
    'selected',
    service.refused ? 'yes, but the API server would reject it' : selectedBy(service, options),
  ]
}

function selectedBy(service: Service, {className}: SelectedService['options']): string {
  if (service.loadBalancerClass === className) return `by spec.loadBalancerClass: ${className}`
  if (hasClassAnnotation(service, {className, defaultLoadBalancer: false}))
    return `by the annotation ${ANNOTATIONS.class.key}: ${className}`
  return 'as a Service of type LoadBalancer without a class (--default-load-balancer)'
}

const WHY_NOT: Record<
  Exclude<Selection, 'selected'>,
  (service: Service, options: SelectedService['options']) => string
> = {
  deleted: () => 'the Service is being deleted',
  filtered: ({ref}) => `--namespace or --exclude-namespace excludes namespace ${ref.namespace}`,
  'other-class': (_, {className}) =>
    `neither spec.loadBalancerClass nor the annotation ${ANNOTATIONS.class.key} is ${className}`,
  'other-pool': (service, {servicePool, affinity}) =>
    `${poolOf(service)}; ${servicePool === '' ? 'this lbex has no pool' : `this lbex has pool ${servicePool}`}${AFFINITY[affinity]}`,
  'unsupported-type': ({type, clusterIPs}) =>
    clusterIPs.includes('None') ? 'it is a headless Service' : `its type is ${type}`,
}

const AFFINITY = {
  default: '',
  strict: ' and serves only Services of its own pool (--strict-affinity)',
  anti: ' and serves only Services of other pools (--anti-affinity)',
}

function poolOf({annotations}: Service): string {
  const pool = annotations[ANNOTATIONS.servicePool.key] ?? ''
  return pool === '' ? 'it has no pool' : `its pool is ${pool}`
}

function poolRow({service, selection}: SelectedService): Row[] {
  const pool = service.annotations[ANNOTATIONS.servicePool.key] ?? ''
  return selection === 'selected' && pool !== '' ? [['pool', pool]] : []
}

const UPSTREAMS = {node: 'node ports', pod: 'endpoints', 'cluster-ip': 'the cluster IP'}

function settingsRow({translated}: SelectedService): Row[] {
  if (!translated) return []
  const {upstreamType, ports} = translated.intent
  const algorithms = new Set(ports.map(({upstreamSettings}) => upstreamSettings.balancing.algorithm))
  // The source ranges of all ports are the same.
  const sourceRanges = ports[0]?.listenerSettings.sourceRanges
  return [
    ['upstreams', [UPSTREAMS[upstreamType], ...algorithms].join(', ')],
    ...(sourceRanges ? [['clients', listFirst(sourceRanges)] as const] : []),
  ]
}

/** The most items of a list in a line. */
const MOST_LISTED = 5

/** The first items, and how many more there are. */
export function listFirst(items: readonly string[]): string {
  const more = items.length - MOST_LISTED
  return items.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
