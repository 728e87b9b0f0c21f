/** The ways to an API server that a user can give. */
import {Failure} from '../diagnostics/failure.js'
import {systemClock, type Clock} from '../util/clock.js'
import type {KubeAccess} from './access.js'
import type {LookupFunction} from 'node:net'
import type {CredentialSource} from './credentials.js'
import {proxyFromEnvironment} from './proxy.js'
import {gkeCredentials, type GkePlace} from './gke-credentials.js'
import {HttpAccess} from './http-access.js'
import {inClusterCredentials, podPlace, type PodPlace} from './in-cluster-credentials.js'
import {kubeconfigCredentials} from './kubeconfig-credentials.js'
import {proxyCredentials} from './proxy-credentials.js'
import {Sessions} from './session.js'

export type AccessOptions = {
  /** A URL. */
  readonly proxy?: string | undefined
  /** A path. */
  readonly kubeconfig?: string | undefined
  /** Of the kubeconfig; default its current one. */
  readonly context?: string | undefined
  /** `projects/P/locations/L/clusters/C`, for a VM on Google Cloud. */
  readonly gkeCluster?: string | undefined
  /** Default: Google's own. */
  readonly gke?: GkePlace
  /** Default: where Kubernetes puts it, from the environment of this process. */
  readonly inCluster?: PodPlace
  /** Of lbex, for the User-Agent. */
  readonly version: string
  readonly clock?: Clock
  /** Says where the Pod and the proxy are; default: that of this process. */
  readonly environment?: NodeJS.ProcessEnv
  /** Finds the addresses of names; default: the system's. */
  readonly lookup?: LookupFunction
  /** Ends the wait for credentials; the requests then wait for them. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Exactly one way is tried: `proxy`, else `kubeconfig`, else `gkeCluster`, else the Pod. Loads the credentials; nothing is sent
 * yet. Rejects with a Failure where they cannot be used; where they are merely late (a plugin that does not answer, a metadata
 * server that is busy), the requests wait for them.
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
  return inClusterCredentials(inCluster ?? podPlace(environment))
}

/** The proxy that the environment names, unless the credentials name one. */
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
