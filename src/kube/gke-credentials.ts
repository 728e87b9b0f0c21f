/**
 * `--gke-cluster NAME`: access with the service account of a VM on Google Cloud. The token comes from the metadata server, the
 * address and the CA certificate of the API server from the GKE API; neither gcloud nor kubectl is needed.
 */
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {Clock} from '../util/clock.js'
import type {Credentials, CredentialSource} from './credentials.js'
import {isGkeCluster, notAGkeCluster, parseCluster, parseToken, type GkeCluster} from './gke-cluster.js'

/** Base URLs of Google's servers; tests use others. */
export type GkeServers = {
  readonly metadata: URL
  readonly api: URL
}

const GOOGLE: GkeServers = {
  metadata: new URL('http://metadata.google.internal'),
  api: new URL('https://container.googleapis.com'),
}

/** Milliseconds. The metadata server itself renews a token five minutes before its end. */
const RENEW_BEFORE = 4 * 60_000
/** Milliseconds until the cluster is requested again: its CA certificate may be replaced. */
const CLUSTER_MAX_AGE = 10 * 60_000
const ANSWER_TIMEOUT = 10_000

const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/token'

/** Throws a Failure if `cluster` is not a valid name. */
export function gkeCredentials(
  cluster: string,
  clock: Clock,
  servers: GkeServers = GOOGLE,
): CredentialSource {
  if (!isGkeCluster(cluster)) throw notAGkeCluster(cluster)
  return new GkeCredentials(cluster, clock, servers)
}

type Expiring<T> = {readonly value: T; readonly until: number}

class GkeCredentials implements CredentialSource {
  private token: Expiring<string> | undefined
  private found: Expiring<GkeCluster> | undefined

  constructor(
    private readonly cluster: string,
    private readonly clock: Clock,
    private readonly servers: GkeServers,
  ) {}

  get through(): string {
    return `--gke-cluster ${this.cluster}`
  }

  async load(fresh: boolean): Promise<Credentials> {
    const token = await this.currentToken(fresh)
    const {server, ca} = await this.currentCluster(fresh, token)
    return {server, headers: {authorization: `Bearer ${token}`}, tls: {ca}}
  }

  private async currentToken(fresh: boolean): Promise<string> {
    if (!fresh && this.token && this.clock.monotonic() < this.token.until) return this.token.value
    const text = await this.get(new URL(TOKEN_PATH, this.servers.metadata), {'metadata-flavor': 'Google'})
    const token = parseToken(text)
    if (!token) throw this.failure('the metadata server answers with something that is not a token')
    const lifetime = token.seconds * 1000 - RENEW_BEFORE
    this.token = {value: token.token, until: this.clock.monotonic() + lifetime}
    return token.token
  }

  /** Uses the last known cluster while the GKE API cannot be reached. */
  private async currentCluster(fresh: boolean, token: string): Promise<GkeCluster> {
    const {found} = this
    if (!fresh && found && this.clock.monotonic() < found.until) return found.value
    try {
      const value = await this.askCluster(token)
      this.found = {value, until: this.clock.monotonic() + CLUSTER_MAX_AGE}
      return value
    } catch (error) {
      if (!fresh && found) return found.value
      throw error
    }
  }

  private async askCluster(token: string): Promise<GkeCluster> {
    const text = await this.get(new URL(`/v1/${this.cluster}`, this.servers.api), {
      authorization: `Bearer ${token}`,
    })
    const cluster = parseCluster(text)
    if (!cluster) throw this.failure('the GKE API has no address of the cluster yet', true)
    return cluster
  }

  private async get(url: URL, headers: Record<string, string>): Promise<string> {
    let answer: Response
    try {
      answer = await fetch(url, {headers, signal: AbortSignal.timeout(ANSWER_TIMEOUT), redirect: 'error'})
      const text = await answer.text()
      if (answer.ok) return text
    } catch (error) {
      throw this.unreachable(url, error)
    }
    throw this.refused(url, answer.status)
  }

  private unreachable(url: URL, error: unknown): Failure {
    const why = messageOf((error as {cause?: unknown}).cause ?? error)
    return this.failure(`${url.host} does not answer (${why})`, true, hintFor(url, this.servers))
  }

  private refused(url: URL, status: number): Failure {
    const temporary = status === 429 || status >= 500
    return this.failure(`${url.host} answers with HTTP ${status}`, temporary, hintFor(url, this.servers))
  }

  private failure(why: string, temporary = false, hint?: string): Failure {
    return new Failure(`no credentials from ${this.through}: ${why}`, {
      code: 'credentials-failed',
      temporary,
      ...(hint !== undefined && {hint}),
    })
  }
}

function hintFor({origin}: URL, servers: GkeServers): string {
  return origin === servers.metadata.origin
    ? '--gke-cluster works on VMs of Google Cloud that have a service account; elsewhere use --kubeconfig FILE'
    : "the VM's service account needs roles/container.viewer (or roles/container.clusterViewer and a role in the cluster) and the scope cloud-platform"
}
