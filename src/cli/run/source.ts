/** Opens the source of Kubernetes objects: the files of -f or, without -f, the API server of a cluster. */
import type {AccessFlags} from '../flags/access.js'
import type {InputFlags} from '../flags/input.js'
import type {SelectionFlags} from '../flags/selection.js'
import {systemClock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import type {CoverageMode} from '../../sources/manifests/assemble.js'
import type {SnapshotSource} from '../../sources/snapshot-source.js'
import {packageVersion} from './package.js'

export type SourceFlags = InputFlags & AccessFlags & Pick<SelectionFlags, 'namespace'>

export type SourceOptions = {
  /** Coverage of files; that of a cluster is always complete. */
  readonly coverage: CoverageMode
  readonly log: Logger
  /** Aborts waiting for credentials. */
  readonly signal?: AbortSignal
}

/** Loads only the modules of this kind of source. Reads no objects yet. Rejects with a Failure. */
export async function openSource(flags: SourceFlags, options: SourceOptions): Promise<SnapshotSource> {
  const {filename = []} = flags
  return filename.length > 0 ? openManifests(filename, flags, options) : openCluster(flags, options)
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
  {proxy, kubeconfig, context, 'gke-cluster': gkeCluster, namespace}: SourceFlags,
  {log, signal}: SourceOptions,
): Promise<SnapshotSource> {
  const [{openAccess}, {createClusterSource}] = await Promise.all([
    import('../../kube/open-access.js'),
    import('../../sources/cluster/cluster-source.js'),
  ])
  const access = await openAccess({proxy, kubeconfig, context, gkeCluster, version: packageVersion(), signal})
  log.info('reading the cluster', {from: access.description})
  return createClusterSource({access, clock: systemClock, log, namespaces: namespace ?? []})
}
