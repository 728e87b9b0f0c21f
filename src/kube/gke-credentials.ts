/**
 * `--gke-cluster NAME`: a VM on Google Cloud, with nothing but its service account. The token comes from the metadata server,
 * address and authority of the API server from the GKE API; neither gcloud nor kubectl is needed.
 */
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {Clock} from '../util/clock.js'
import type {Credentials, CredentialSource} from './credentials.js'
import {isGkeCluster, notAGkeCluster, parseCluster, parseToken, type GkeCluster} from './gke-cluster.js'

/** Where Google answers; tests have it answer elsewhere. */
export type GkePlace = {
  readonly metadata: URL
  readonly api: URL
}

const GOOGLE: GkePlace = {
  metadata: new URL('http://metadata.google.internal'),
  api: new URL('https://container.googleapis.com'),
}

/** Milliseconds. The metadata server itself renews a token five minutes before its end. */
const RENEW_BEFORE = 4 * 60_000
/** After this time the cluster is looked at again: its authority is replaced now and then. */
const LOOK_AGAIN = 10 * 60_000
const TO_ANSWER = 10_000

const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/token'

/** Throws a Failure when `cluster` names none. */
export function gkeCredentials(cluster: string, clock: Clock, place: GkePlace = GOOGLE): CredentialSource {
  if (!isGkeCluster(cluster)) throw notAGkeCluster(cluster)
  return new GkeCredentials(cluster, clock, place)
}

type Held<T> = {readonly value: T; readonly until: number}

class GkeCredentials implements CredentialSource {
  private token: Held<string> | undefined
  private found: Held<GkeCluster> | undefined

  constructor(
    private readonly cluster: string,
    private readonly clock: Clock,
    private readonly place: GkePlace,
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
    const text = await this.get(new URL(TOKEN_PATH, this.place.metadata), {'metadata-flavor': 'Google'})
    const token = parseToken(text)
    if (!token) throw this.failure('the metadata server answers with something that is no token')
    const lifetime = token.seconds * 1000 - RENEW_BEFORE
    this.token = {value: token.token, until: this.clock.monotonic() + lifetime}
    return token.token
  }

  /** What is known is good enough while the GKE API is away. */
  private async currentCluster(fresh: boolean, token: string): Promise<GkeCluster> {
    const {found} = this
    if (!fresh && found && this.clock.monotonic() < found.until) return found.value
    try {
      const value = await this.askCluster(token)
      this.found = {value, until: this.clock.monotonic() + LOOK_AGAIN}
      return value
    } catch (error) {
      if (!fresh && found) return found.value
      throw error
    }
  }

  private async askCluster(token: string): Promise<GkeCluster> {
    const text = await this.get(new URL(`/v1/${this.cluster}`, this.place.api), {
      authorization: `Bearer ${token}`,
    })
    const cluster = parseCluster(text)
    if (!cluster) throw this.failure('the GKE API tells no address of it yet', true)
    return cluster
  }

  private async get(url: URL, headers: Record<string, string>): Promise<string> {
    let answer: Response
    try {
      answer = await fetch(url, {headers, signal: AbortSignal.timeout(TO_ANSWER), redirect: 'error'})
      const text = await answer.text()
      if (answer.ok) return text
    } catch (error) {
      throw this.unreachable(url, error)
    }
    throw this.refused(url, answer.status)
  }

  private unreachable(url: URL, error: unknown): Failure {
    const why = messageOf((error as {cause?: unknown}).cause ?? error)
    return this.failure(`${url.host} does not answer (${why})`, true, hintFor(url, this.place))
  }

  private refused(url: URL, status: number): Failure {
    const temporary = status === 429 || status >= 500
    return this.failure(`${url.host} answers with HTTP ${status}`, temporary, hintFor(url, this.place))
  }

  private failure(why: string, temporary = false, hint?: string): Failure {
    return new Failure(`no credentials from ${this.through}: ${why}`, {
      code: 'credentials-failed',
      temporary,
      ...(hint !== undefined && {hint}),
    })
  }
}

function hintFor({origin}: URL, place: GkePlace): string {
  return origin === place.metadata.origin
    ? '--gke-cluster works on VMs of Google Cloud that have a service account; elsewhere use --kubeconfig FILE'
    : "the VM's service account needs roles/container.viewer (or roles/container.clusterViewer and a role in the cluster) and the scope cloud-platform"
}
