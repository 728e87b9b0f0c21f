/** The namespace of the Leases. */
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {PublishFlags} from '../flags/publish.js'
import {podEnvironment} from '../../kube/in-cluster-credentials.js'

/** The namespace from --publish-namespace; default: the namespace of lbex's own Pod, or else lbex-system. */
export async function leaseNamespace({'publish-namespace': given}: PublishFlags): Promise<string> {
  if (given !== undefined) return given
  const {folder} = podEnvironment(process.env)
  const own = await readFile(join(folder, 'namespace'), 'utf8').catch(() => '')
  return own.trim() || 'lbex-system'
}
