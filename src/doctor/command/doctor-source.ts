/** Reads the objects for `lbex doctor`: from an API server, after a check of the permissions, or from files. */
import {Failure} from '../../diagnostics/failure.js'
import {Check, type Finding} from '../../diagnostics/finding.js'
import {checkApi} from '../api-access.js'
import type {KubeAccess} from '../../kube/access.js'
import {openAccess} from '../../kube/open-access.js'
import {systemClock} from '../../util/clock.js'
import type {WarningLog} from '../../cli/run/warning-log.js'
import {createClusterSource} from '../../sources/cluster/cluster-source.js'
import {ENDPOINT_SLICES, NODES, SERVICES} from '../../sources/cluster/kinds.js'
import type {SnapshotReading, SnapshotSource} from '../../sources/snapshot-source.js'
import type {PoolFlags} from '../../cli/run/address-pools.js'
import {leaseNamespace} from '../../cli/run/lease-namespace.js'
import {packageVersion} from '../../cli/run/package.js'
import {openSource, readsKubeconfigOfKubectl, type SourceFlags} from '../../cli/run/source.js'
import type {PublishFlags} from '../../cli/flags/publish.js'
import {checkPublishPermissions} from '../publish-permissions.js'

type DoctorSourceFlags = SourceFlags & PublishFlags & PoolFlags

export type DoctorReading = {
  readonly findings: readonly Finding[]
  /** Absent if the objects cannot be read: a finding says why. */
  readonly reading?: SnapshotReading
}

const RESOURCES = [
  {...SERVICES.resource, namespaced: true},
  {...ENDPOINT_SLICES.resource, namespaced: true},
  {...NODES.resource, namespaced: false},
]

/** Rejects with a Failure if the files of -f cannot be read. */
export async function readForDoctor(flags: DoctorSourceFlags, log: WarningLog): Promise<DoctorReading> {
  if (!flags.filename?.length) return readCluster(flags, log)
  const source = await openSource(flags, {coverage: 'complete', log})
  return {findings: [], reading: await readOnce(source)}
}

async function readCluster(flags: DoctorSourceFlags, log: WarningLog): Promise<DoctorReading> {
  const {proxy, kubeconfig, context, 'gke-cluster': gkeCluster} = flags
  try {
    const options = {proxy, kubeconfig, context, gkeCluster, asKubectl: true, version: packageVersion()}
    const access = await openAccess(options)
    if (readsKubeconfigOfKubectl(flags)) log.notes.push(`reading ${access.description}`)
    return await askAndRead(access, flags, log).finally(() => access.close())
  } catch (error) {
    return {findings: [failed(error)]}
  }
}

async function askAndRead(
  access: KubeAccess,
  flags: DoctorSourceFlags,
  log: WarningLog,
): Promise<DoctorReading> {
  const namespaces = flags.namespace ?? []
  const api = await checkApi(access, {resources: RESOURCES, namespaces}, systemClock)
  if (!api.answers) return {findings: api.findings}
  const findings = [...api.findings, ...(await checkPublishing(access, flags))]
  const readsAddresses = flags['address-pool'] !== undefined
  const source = createClusterSource({access, clock: systemClock, log, namespaces, readsAddresses})
  try {
    return {findings, reading: await readOnce(source)}
  } catch (error) {
    const finding = failed(error)
    const known = findings.some(({state}) => state === 'problem')
    return {findings: known ? findings : [...findings, finding]}
  }
}

/** Nothing with `--publish off`: lbex then needs no permission to write. */
async function checkPublishing(access: KubeAccess, flags: DoctorSourceFlags): Promise<Finding[]> {
  if (flags.publish === 'off') return []
  const scope = {
    namespaces: flags.namespace ?? [],
    leaseNamespace: await leaseNamespace(flags),
    finalizer: flags.finalizer,
  }
  return checkPublishPermissions(access, scope)
}

async function readOnce(source: SnapshotSource): Promise<SnapshotReading> {
  try {
    return await source.read(new AbortController().signal)
  } finally {
    await source.close()
  }
}

/** The finding for a Failure; a bug is thrown again. */
function failed(error: unknown): Finding {
  if (error instanceof Failure) return new Check('api').failure(error)
  throw error
}
