/** Parses responses of the GKE API (the address and the CA certificate of a cluster) and of the metadata server (a token). */
import {Failure} from '../diagnostics/failure.js'

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters */
type RawGkeCluster = {
  readonly endpoint?: string
  readonly masterAuth?: {readonly clusterCaCertificate?: string}
  readonly privateClusterConfig?: {
    readonly enablePrivateEndpoint?: boolean
    readonly privateEndpoint?: string
  }
}

export type GkeCluster = {readonly server: URL; readonly ca: string}

const NAME = /^projects\/[a-z][-a-z0-9.:]*\/locations\/[a-z][-a-z0-9]*\/clusters\/[a-z][-a-z0-9]*$/

/** `projects/PROJECT/locations/ZONE-OR-REGION/clusters/NAME`. */
export function isGkeCluster(text: string): boolean {
  return NAME.test(text)
}

/** Undefined if a field is missing, as while the cluster is being created. */
export function parseCluster(text: string): GkeCluster | undefined {
  const cluster = parseJson(text) as RawGkeCluster | null | undefined
  const address = addressOf(cluster ?? {})
  const ca = cluster?.masterAuth?.clusterCaCertificate
  if (!address || !ca || !URL.canParse(`https://${address}`)) return undefined
  return {server: new URL(`https://${address}`), ca: Buffer.from(ca, 'base64').toString()}
}

/** The private address if the public endpoint is disabled. Hosts in the network of the cluster can reach both. */
function addressOf({endpoint, privateClusterConfig}: RawGkeCluster): string | undefined {
  const {enablePrivateEndpoint, privateEndpoint} = privateClusterConfig ?? {}
  return enablePrivateEndpoint && privateEndpoint ? privateEndpoint : endpoint
}

export type AccessToken = {readonly token: string; readonly seconds: number}

/** The response of the metadata server: https://cloud.google.com/compute/docs/access/authenticate-workloads#applications */
export function parseToken(text: string): AccessToken | undefined {
  const answer = parseJson(text) as {access_token?: unknown; expires_in?: unknown} | null | undefined
  const {access_token: token, expires_in: seconds} = answer ?? {}
  return typeof token === 'string' && token !== '' && typeof seconds === 'number'
    ? {token, seconds}
    : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export function notAGkeCluster(text: string): Failure {
  return new Failure(`--gke-cluster ${JSON.stringify(text)} is not a valid cluster name`, {
    code: 'gke-cluster-invalid',
    hint: 'use the form projects/PROJECT/locations/ZONE-OR-REGION/clusters/NAME',
  })
}
