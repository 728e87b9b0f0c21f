/** What the GKE API says of a cluster: where its API server is, and who signs its certificate. */
import {Failure} from '../diagnostics/failure.js'

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters */
type RawCluster = {
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

/** Undefined where something is missing, as while the cluster is being made. */
export function parseCluster(text: string): GkeCluster | undefined {
  const cluster = parseJson(text) as RawCluster | null | undefined
  const address = addressOf(cluster ?? {})
  const ca = cluster?.masterAuth?.clusterCaCertificate
  if (!address || !ca || !URL.canParse(`https://${address}`)) return undefined
  return {server: new URL(`https://${address}`), ca: Buffer.from(ca, 'base64').toString()}
}

/** The private address where there is no public one; hosts beside the cluster reach both. */
function addressOf({endpoint, privateClusterConfig}: RawCluster): string | undefined {
  const {enablePrivateEndpoint, privateEndpoint} = privateClusterConfig ?? {}
  return enablePrivateEndpoint && privateEndpoint ? privateEndpoint : endpoint
}

export type Token = {readonly token: string; readonly seconds: number}

/** The metadata server's answer: https://cloud.google.com/compute/docs/access/authenticate-workloads#applications */
export function parseToken(text: string): Token | undefined {
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
  return new Failure(`--gke-cluster ${JSON.stringify(text)} names no cluster`, {
    code: 'gke-cluster-invalid',
    hint: 'write projects/PROJECT/locations/ZONE-OR-REGION/clusters/NAME',
  })
}
