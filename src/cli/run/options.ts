/** Converts flags and properties of the host to the options of translator and config writer. */
import type {DaemonFlags} from '../flags/daemon.js'
import type {SelectionFlags} from '../flags/selection.js'
import {defaultSettings} from '../flags/defaults.js'
import type {NginxFlags} from '../flags/nginx.js'
import type {ServingFlags} from '../flags/serving.js'
import type {UiFlags} from '../flags/ui.js'
import {trafficPort, type TrafficFlags} from '../flags/traffic.js'
import {UsageError} from '../usage-error.js'
import type {ListenAddress} from '../values.js'
import {byFamily} from '../../core/model/choose-addresses.js'
import type {ListenerKey} from '../../core/model/listener-key.js'
import {
  modelCapabilities,
  type HostLimits,
  type NginxCapabilities,
} from '../../dataplane/nginx-capabilities.js'
import type {TranslatorOptions} from '../../core/translate/translator.js'
import type {ClassSelection} from '../../core/intent/service-class.js'
import {DEFAULT_INTENT_OPTIONS, type Affinity, type IntentOptions} from '../../core/intent/options.js'
import {
  DEFAULT_MODEL_OPTIONS,
  onEveryAddress,
  type ModelOptions,
  type ReservedPort,
} from '../../core/model/options.js'
import {parseRange} from '../../core/cluster/address-range.js'
import {usesLiveUpdates} from '../../dataplane/nginx/host/live-mode.js'
import {addressPools, refuseOverlaps, type PoolFlags} from './address-pools.js'
import type {TemplateFiles} from './package.js'
import type {RenderOptions} from '../../dataplane/nginx/config/render-options.js'

/** The NGINX to render for, and the host that it runs on. */
export type Host = {
  readonly nginx: NginxCapabilities
  readonly limits: HostLimits
  /** Absolute path of --nginx-dir. */
  readonly directory: string
}

/** Throws a UsageError if flags with these values contradict each other. */
export function refuseContradictions(flags: SelectionFlags & PoolFlags): void {
  refuseOverlaps(flags)
  const {namespace = [], 'exclude-namespace': excluded = []} = flags
  const both = namespace.find((name) => excluded.includes(name))
  if (both === undefined) return
  throw new UsageError(
    `--namespace and --exclude-namespace both select ${both}`,
    'remove the namespace from one of the two flags',
  )
}

/** The class of Services that the flags select. */
function classSelection(flags: Pick<SelectionFlags, 'class' | 'default-load-balancer'>): ClassSelection {
  return {className: flags.class, defaultLoadBalancer: flags['default-load-balancer']}
}

/** Which Services the flags select. */
export function intentOptions(flags: SelectionFlags): IntentOptions {
  return {
    ...DEFAULT_INTENT_OPTIONS,
    ...classSelection(flags),
    namespaces: flags.namespace ?? [],
    excludedNamespaces: flags['exclude-namespace'] ?? [],
    ...(flags['service-name'] && {serviceName: flags['service-name']}),
    servicePool: flags['service-pool'] ?? '',
    affinity: affinity(flags),
  }
}

/** Which Services are served, and how. */
export function translatorOptions(
  flags: SelectionFlags & ServingFlags & Partial<TrafficFlags & UiFlags>,
  host: Pick<Host, 'nginx' | 'limits'>,
): TranslatorOptions {
  return {
    ...intentOptions(flags),
    requirePort: flags['require-port'],
    defaultUpstreamType: flags['default-upstream-type'],
    ...(flags.zone !== undefined && {zone: flags.zone}),
    listenAddresses: listenAddresses(flags['listen-address'] ?? []),
    addressNames: addressNames(flags['listen-address'] ?? []),
    addressPools: addressPools(flags),
    reservedPorts: reservedPorts(flags),
    unprivileged: false,
    includeExcludedNodes: flags['include-excluded-nodes'],
    allowLocalEndpoints: flags['allow-local-endpoints'],
    ownListeners: ownListeners(flags),
    deniedEndpoints: (flags['deny-endpoints'] ?? []).map(parseRange).filter((range) => range !== undefined),
    capabilities: modelCapabilities(host.nginx),
    ipv6: host.limits.ipv6,
    maxListenersPerService: flags['max-listeners-per-service'],
    maxServersPerService: flags['max-servers-per-service'],
    maxSourceRangesPerService: flags['max-source-ranges-per-service'],
    defaultSettings: defaultSettings(flags),
  }
}

/**
 * What the configuration depends on besides the load balancer. Throws the Failure `live-updates-unavailable` if the flags require
 * what NGINX cannot do.
 */
export function renderOptions(
  flags: NginxFlags & Partial<TrafficFlags>,
  host: Host,
  files: TemplateFiles,
): RenderOptions {
  const {script, ...templates} = files
  const accessLogPort = trafficPort(flags)
  const isLive = usesLiveUpdates(flags['live-updates'], host.nginx)
  return {
    ...(isLive && {live: {...host.nginx.njs, script}}),
    ...(accessLogPort !== undefined && {accessLog: {port: accessLogPort}}),
    templates,
    nginx: host.nginx,
    directory: host.directory,
    workers: flags.workers ?? host.limits.workers,
    openFiles: host.limits.openFiles,
    workersStayRoot: host.limits.workersStayRoot,
    shutdownTimeout: Math.ceil(flags['worker-shutdown-timeout'] / 1000),
  }
}

function affinity(flags: SelectionFlags): Affinity {
  if (flags['strict-affinity']) return 'strict'
  return flags['anti-affinity'] ? 'anti' : 'default'
}

function listenAddresses(given: readonly ListenAddress[]): ModelOptions['listenAddresses'] {
  if (given.length === 0) return DEFAULT_MODEL_OPTIONS.listenAddresses
  return byFamily(given.map(({address}) => address))
}

/** The addresses of each name, each once. */
function addressNames(given: readonly ListenAddress[]): Record<string, string[]> {
  const names = new Map<string, Set<string>>()
  for (const {name, address} of given)
    if (name !== undefined) names.set(name, (names.get(name) ?? new Set()).add(address))
  return Object.fromEntries([...names].map(([name, addresses]) => [name, [...addresses]]))
}

/** `--health-address` and `--ui-address` are flags of `lbex run` alone. */
function ownListeners(
  flags: ServingFlags & Partial<Pick<DaemonFlags, 'health-address'> & UiFlags>,
): ListenerKey[] {
  const {'health-port': port, 'health-address': address, 'ui-address': ui} = flags
  const ofUi: ListenerKey[] = ui ? [{...ui, protocol: 'TCP'}] : []
  if (!flags['health-check']) return ofUi
  return [
    ...ofUi,
    ...(address === undefined ? onEveryAddress(port) : [{address, port, protocol: 'TCP' as const}]),
  ]
}

const DEFAULT_RESERVED = [
  {port: 22, protocol: 'TCP'},
  {port: 10_250, protocol: 'TCP'},
] as const

function reservedPorts(flags: ServingFlags & Partial<TrafficFlags & UiFlags>): ReservedPort[] {
  const asked = flags['reserved-port']?.filter((port) => port !== 'none') ?? DEFAULT_RESERVED
  const reserved: ReservedPort[] = asked.map((port) => ({...port, holder: '--reserved-port'}))
  const ofTraffic = trafficPort(flags)
  if (ofTraffic !== undefined)
    reserved.push({port: ofTraffic, protocol: 'UDP', holder: 'the access log of NGINX'})
  const {'ui-address': ui} = flags
  if (ui) reserved.push({port: ui.port, protocol: 'TCP', holder: 'the status page'})
  if (!flags['health-check']) return reserved
  return [...reserved, {port: flags['health-port'], protocol: 'TCP', holder: 'the health server'}]
}
