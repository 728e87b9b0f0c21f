/** The fakes of IAM (service accounts), of the project's policy, and of GKE (clusters). */
import {notFound, refusal, type ApiAnswer, type ApiRequest} from './http.js'

type Policy = {
  version?: number
  etag: string
  bindings: {role: string; members: string[]; condition?: unknown}[]
}

export class Accounts {
  /** By their address. */
  readonly serviceAccounts = new Map<string, Record<string, unknown>>()
  /** By `projects/P/locations/L/clusters/C`. */
  readonly clusters = new Map<string, Record<string, unknown>>()
  policy: Policy = {etag: etag(1), bindings: [{role: 'roles/owner', members: ['user:owner@example.com']}]}
  private changes = 1

  answer({method, path, body}: ApiRequest): ApiAnswer | undefined {
    const cluster = /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/clusters)(\/[^/]+)?$/.exec(path)
    if (cluster?.[2]) return this.cluster(`${cluster[1]}${cluster[2]}`)
    if (cluster) return {status: 200, body: {clusters: [...this.clusters.values()]}}
    if (path.endsWith(':getIamPolicy')) return {status: 200, body: this.policy}
    if (path.endsWith(':setIamPolicy')) return this.setPolicy((body as {policy: Policy}).policy)
    const [, project, address] = /^\/v1\/projects\/([^/]+)\/serviceAccounts(?:\/([^/]+))?$/.exec(path) ?? []
    if (project === undefined) return undefined
    return address === undefined
      ? this.create(project, body)
      : this.account(method, decodeURIComponent(address))
  }

  private cluster(path: string): ApiAnswer {
    const cluster = this.clusters.get(path)
    return cluster ? {status: 200, body: cluster} : refusal(404, 'notFound', `Not found: ${path}.`)
  }

  private setPolicy(policy: Policy): ApiAnswer {
    if (policy.etag !== this.policy.etag) {
      return refusal(
        409,
        'aborted',
        'There were concurrent policy changes. Please retry the whole read-modify-write.',
      )
    }
    this.changes += 1
    this.policy = {...policy, etag: etag(this.changes)}
    return {status: 200, body: this.policy}
  }

  private create(project: string, body: unknown): ApiAnswer {
    const {accountId, serviceAccount} = body as {accountId: string; serviceAccount: Record<string, unknown>}
    const email = `${accountId}@${project}.iam.gserviceaccount.com`
    if (this.serviceAccounts.has(email)) {
      return refusal(
        409,
        'alreadyExists',
        `Service account ${accountId} already exists within project projects/${project}.`,
      )
    }
    const account = {...serviceAccount, email, name: `projects/${project}/serviceAccounts/${email}`}
    this.serviceAccounts.set(email, account)
    return {status: 200, body: account}
  }

  private account(method: string, email: string): ApiAnswer {
    const account = this.serviceAccounts.get(email)
    if (!account) return notFound(`projects/-/serviceAccounts/${email}`)
    if (method === 'DELETE') this.serviceAccounts.delete(email)
    return {status: 200, body: method === 'DELETE' ? {} : account}
  }
}

function etag(count: number): string {
  return Buffer.from(`change ${count}`).toString('base64')
}
