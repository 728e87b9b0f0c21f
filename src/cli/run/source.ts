/** Opens the source of Kubernetes objects: the files of -f or, without -f, the API server of a cluster. */
import type {AccessFlags} from '../flags/access.js'
import type {InputFlags} from '../flags/input.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {WrittenStates} from '../../core/cluster/written-state.js'
import type {KubeAccess} from '../../kube/access.js'
import {filesOfKubectl} from '../../kube/kubeconfig-files.js'
import {systemClock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import type {ClusterSourceOptions} from '../../sources/cluster/cluster-source.js'
import type {CoverageMode} from '../../sources/manifests/assemble.js'
import type {SnapshotSource} from '../../sources/snapshot-source.js'
import {packageVersion} from './package.js'

export type SourceFlags = InputFlags & AccessFlags & Pick<SelectionFlags, 'namespace'>

export type SourceOptions = {
  /** Coverage of files; that of a cluster is always complete. */
  readonly coverage: CoverageMode
  readonly log: Logger
  /** Which Secrets to read from a cluster. Absent: none. */
  readonly secretsOf?: ClusterSourceOptions['secretsOf']
  /** As in ClusterSourceOptions. */
  readonly readsAddresses?: boolean
  /** Aborts waiting for credentials. */
  readonly signal?: AbortSignal
  /**
   * For commands of people: without a flag, the kubeconfigs of kubectl come before the service account of the Pod. Called with what
   * is read, if that was decided by them.
   */
  readonly onKubeconfigOfKubectl?: (description: string) => void
}

/** True if a command of people reads a kubeconfig of kubectl, because no flag says what to read. */
export function readsKubeconfigOfKubectl(
  {proxy, kubeconfig, 'gke-cluster': gkeCluster, filename = []}: Omit<SourceFlags, 'namespace'>,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  if (filename.length > 0 || [proxy, kubeconfig, gkeCluster].some((flag) => flag !== undefined)) return false
  return filesOfKubectl(environment) !== undefined
}

/** Access to the cluster, for publishing. */
export type ClusterEdge = {
  readonly access: KubeAccess
  readonly states: WrittenStates
}

export type OpenedSource = {
  readonly source: SnapshotSource
  /** Absent if files are read. */
  readonly cluster?: ClusterEdge
}

/** Loads only the modules of this kind of source. Reads no objects yet. Rejects with a Failure. */
export async function openSource(flags: SourceFlags, options: SourceOptions): Promise<SnapshotSource> {
  return (await openSourceAndCluster(flags, options)).source
}

/** As openSource, for a caller that also writes to the cluster. */
export async function openSourceAndCluster(
  flags: SourceFlags,
  options: SourceOptions,
): Promise<OpenedSource> {
  const {filename = []} = flags
  if (filename.length > 0) return {source: await openManifests(filename, flags, options)}
  return openCluster(flags, options)
}

async function openManifests(
  paths: readonly string[],
  {'max-file-size': maxFileSize, 'follow-links': followLinks}: InputFlags,
  {coverage}: SourceOptions,
): Promise<SnapshotSource> {
  const {createManifestSource} = await import('../../sources/manifests/manifest-source.js')
  return createManifestSource({paths, coverage, maxFileSize, followLinks})
}

async function openCluster(
  flags: SourceFlags,
  {log, signal, secretsOf, readsAddresses = false, onKubeconfigOfKubectl}: SourceOptions,
): Promise<OpenedSource> {
  const {proxy, kubeconfig, context, 'gke-cluster': gkeCluster, namespace} = flags
  const [{openAccess}, {createClusterSource}] = await Promise.all([
    import('../../kube/open-access.js'),
    import('../../sources/cluster/cluster-source.js'),
  ])
  const version = packageVersion()
  const asKubectl = onKubeconfigOfKubectl !== undefined
  const access = await openAccess({proxy, kubeconfig, context, gkeCluster, asKubectl, version, signal})
  if (readsKubeconfigOfKubectl(flags)) onKubeconfigOfKubectl?.(access.description)
  log.info('reading the cluster', {from: access.description})
  const source = createClusterSource({
    access,
    clock: systemClock,
    log,
    namespaces: namespace ?? [],
    secretsOf,
    readsAddresses,
  })
  return {source, cluster: {access, states: source}}
}
