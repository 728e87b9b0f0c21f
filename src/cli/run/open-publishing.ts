/** Creates the Publishing of `lbex run` from its flags. */
import {randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import type {DaemonFlags} from '../flags/daemon.js'
import type {PublishFlags} from '../flags/publish.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {NamedAddress} from '../../publish/host-record.js'
import {contentHash} from '../../core/model/content-hash.js'
import type {ModelOptions} from '../../core/model/options.js'
import {leaseNamespace} from './lease-namespace.js'
import {intentOptions} from './options.js'
import {Publishing, type PublishingDeps} from './publishing.js'
import type {ClusterEdge} from './source.js'

export type PublishingFlags = PublishFlags & SelectionFlags & Pick<DaemonFlags, 'once'>

export type ServingHost = {
  /** Absolute path of --nginx-dir, which only one lbex uses at a time. */
  readonly directory: string
} & Pick<ModelOptions, 'listenAddresses' | 'addressNames'>

/** Undefined if lbex does not publish. */
export async function openPublishing(
  flags: PublishingFlags,
  cluster: ClusterEdge | undefined,
  deps: Omit<PublishingDeps, keyof ClusterEdge>,
  {directory, listenAddresses, addressNames}: ServingHost,
): Promise<Publishing | undefined> {
  const {publish: mode} = flags
  if (!cluster || mode === 'off' || (flags.once && mode === 'auto')) return undefined
  const hostName = hostname()
  return new Publishing(
    {...cluster, ...deps},
    {
      mode,
      selection: intentOptions(flags),
      group: flags['publish-group'] ?? defaultGroup(flags),
      namespace: await leaseNamespace(flags),
      namespaces: flags.namespace ?? [],
      listenAddresses: [...listenAddresses.IPv4, ...listenAddresses.IPv6],
      selectable: selectable(listenAddresses, addressNames),
      publishAddresses: flags['publish-address'] ?? [],
      writesPerSecond: flags['publish-qps'],
      finalizer: flags.finalizer,
      runsOnce: flags.once,
      hostName,
      identity: `${hostName}-${contentHash(directory).slice(0, 6)}`,
      candidate: `${hostName}_${randomUUID()}`,
    },
  )
}

/** The addresses with a name, and those of the others that a Service listens on if it selects none. */
export function selectable(
  {IPv4, IPv6}: ServingHost['listenAddresses'],
  addressNames: ServingHost['addressNames'],
): NamedAddress[] {
  const named = Object.entries<readonly string[]>(addressNames === 'unknown' ? {} : addressNames).flatMap(
    ([name, addresses]) => addresses.map((address) => ({address, name})),
  )
  const withName = new Set(named.map(({address}) => address))
  const others = [...IPv4, ...IPv6].filter((address) => !withName.has(address))
  return [...others.map((address) => ({address})), ...named]
}

/**
 * Hosts that serve the same Services are one group: those with the same class, pool, affinity and selection. A host with another
 * selection must not be in it, because the leader writes the Services that it serves itself, with the addresses of all hosts.
 * The name is the class, if that says everything; else a hash tells names apart that read the same, such as those of the pool
 * `only.a` and of the pool `a` with --strict-affinity.
 */
export function defaultGroup(flags: SelectionFlags): string {
  const pool = flags['service-pool'] ?? ''
  const affinity = flags['strict-affinity'] ? 'only' : flags['anti-affinity'] ? 'not' : ''
  const {namespace = [], 'exclude-namespace': excluded = [], 'service-name': name} = flags
  const others = [[...namespace].sort(), [...excluded].sort(), name ?? '', flags['default-load-balancer']]
  const isClassAlone = JSON.stringify([pool, affinity, ...others]) === ONLY_A_CLASS
  if (isClassAlone && /^[^./]+$/.test(flags.class)) return flags.class
  const hash = contentHash(JSON.stringify([flags.class, pool, affinity, ...others])).slice(0, 8)
  return [flags.class.replaceAll('/', '.'), affinity, pool, hash].filter(Boolean).join('.')
}

const ONLY_A_CLASS = JSON.stringify(['', '', [], [], '', false])
