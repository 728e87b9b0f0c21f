/** Opens access to an API server in the way that the user has chosen. */
import {Failure} from '../diagnostics/failure.js'
import {systemClock, type Clock} from '../util/clock.js'
import type {KubeAccess} from './access.js'
import type {LookupFunction} from 'node:net'
import type {CredentialSource} from './credentials.js'
import {proxyFromEnvironment} from './proxy.js'
import {gkeCredentials, type GkeServers} from './gke-credentials.js'
import {HttpAccess} from './http-access.js'
import {inClusterCredentials, podEnvironment, type PodEnvironment} from './in-cluster-credentials.js'
import {kubeconfigCredentials, mergedCredentials} from './kubeconfig-credentials.js'
import {filesOfKubectl} from './kubeconfig-files.js'
import {proxyCredentials} from './proxy-credentials.js'
import {Sessions} from './session.js'

export type AccessOptions = {
  /** A URL. */
  readonly proxy?: string | undefined
  /** A path. */
  readonly kubeconfig?: string | undefined
  /** Context of the kubeconfig; default: the current one. */
  readonly context?: string | undefined
  /** True to use KUBECONFIG or ~/.kube/config, as kubectl does, before the service account of the Pod. Default: false. */
  readonly asKubectl?: boolean
  /** `projects/P/locations/L/clusters/C`, for a VM on Google Cloud. */
  readonly gkeCluster?: string | undefined
  /** Default: Google's own. */
  readonly gke?: GkeServers
  /** Default: from the environment of this process. */
  readonly inCluster?: PodEnvironment
  /** Of lbex, for the User-Agent. */
  readonly version: string
  readonly clock?: Clock
  /** Has the variables of a Pod and of a proxy; default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv
  /** Resolves names; default: the system's resolver. */
  readonly lookup?: LookupFunction
  /** Ends the wait for credentials; requests then wait for them. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Tries exactly one of `proxy`, `kubeconfig`, `gkeCluster`, the files of kubectl (if wanted) and the Pod, in this order. Loads the credentials; nothing is sent to
 * the API server yet. Rejects with a Failure if they cannot be used. After a temporary failure (a plugin that does not answer, a
 * metadata server that is busy) the requests wait for them.
 */
export async function openAccess(options: AccessOptions): Promise<KubeAccess> {
  const clock = options.clock ?? systemClock
  const {environment = process.env, lookup} = options
  const source = throughProxy(credentialSource(options, clock), environment)
  const access = new HttpAccess(source, new Sessions(source, clock, lookup), clock, `lbex/${options.version}`)
  const {signal} = options
  await access.loadCredentials(signal).catch((error: unknown) => {
    if (!signal?.aborted) unlessTemporary(error)
  })
  return access
}

function unlessTemporary(error: unknown): void {
  if (!(error instanceof Failure && error.temporary)) throw error
}

function credentialSource(options: AccessOptions, clock: Clock): CredentialSource {
  const {proxy, kubeconfig, context, gkeCluster, gke, inCluster, environment = process.env} = options
  if (proxy !== undefined) return proxyCredentials(proxy)
  if (kubeconfig !== undefined) return kubeconfigCredentials(kubeconfig, context)
  if (gkeCluster !== undefined) return gkeCredentials(gkeCluster, clock, gke)
  const files = options.asKubectl ? filesOfKubectl(environment) : undefined
  if (files) return mergedCredentials(files, context)
  return inClusterCredentials(inCluster ?? podEnvironment(environment))
}

/** Adds the proxy from the environment, unless the credentials have one. */
function throughProxy(source: CredentialSource, environment: NodeJS.ProcessEnv): CredentialSource {
  return {
    get through() {
      return source.through
    },
    load: async (fresh) => {
      const credentials = await source.load(fresh)
      const {proxy = proxyFromEnvironment(credentials.server, environment)} = credentials
      return {...credentials, ...(proxy && {proxy})}
    },
  }
}
