/**
 * Google's Compute, GKE, IAM and Resource Manager APIs, as far as `lbex gce` uses them, on loopback. It starts with a project
 * `work` that has a custom network `net`, a GKE cluster `shop` on it, and things of others whose names look like ours.
 */
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Accounts} from './accounts.js'
import {Compute} from './compute.js'
import {Groups} from './groups.js'
import {FakeHttp, isChange, notFound, refusal, type ApiAnswer, type ApiRequest, type Fault} from './http.js'

export type GceFakeOptions = {
  /** Milliseconds; default 0. */
  readonly operationTime?: number
  /** Milliseconds until a VM is healthy; default 0. */
  readonly vmTime?: number
  /** Default true. False: `http.fetch` is the only way to it. */
  readonly sockets?: boolean
}

const PROJECT = 'projects/my-project'
const REGION = `${PROJECT}/regions/us-central1`

export async function startGceFake(options: GceFakeOptions = {}): Promise<GceFake> {
  const fake = new GceFake(options)
  if (options.sockets ?? true) await fake.http.start()
  fake.fill()
  return fake
}

export class GceFake {
  readonly http = new FakeHttp((request) => this.answer(request))
  readonly accounts = new Accounts()
  readonly groupOptions: {vmTime: number; now: () => number}
  readonly compute: Compute
  readonly groups: Groups

  constructor({operationTime = 0, vmTime = 0}: GceFakeOptions) {
    const now = (): number => performance.now()
    this.groupOptions = {vmTime, now}
    this.compute = new Compute(() => `${this.http.url}/compute/v1/`, {operationTime, now})
    this.groups = new Groups(this.compute, this.groupOptions)
    this.refuseWhatIsInUse()
  }

  close(): Promise<void> {
    return this.http.close()
  }

  fail(fault: Fault): void {
    this.http.faults.push(fault)
  }

  /** Requests that change something, as `POST path`. */
  changes(): string[] {
    return this.http.requests
      .filter(isChange)
      .map(({method, path}) => `${method} ${path.replace('/compute/v1', '')}`)
  }

  /** All that there is, by path; two equal states are equal values. */
  state(): Record<string, unknown> {
    return JSON.parse(
      JSON.stringify({
        ...Object.fromEntries([...this.compute.resources].sort()),
        ...Object.fromEntries(this.accounts.serviceAccounts),
        bindings: this.accounts.policy.bindings,
      }),
    ) as Record<string, unknown>
  }

  /** The variables that lead the real gcloud here, with no network and no account. `folder` is for its files. */
  async environment(folder: string): Promise<Record<string, string>> {
    await mkdir(join(folder, 'gcloud'), {recursive: true})
    await writeFile(join(folder, 'token'), 'a-token')
    const {url} = this.http
    return {
      CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: `${url}/compute/v1/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: `${url}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: `${url}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: `${url}/`,
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(folder, 'token'),
      CLOUDSDK_CONFIG: join(folder, 'gcloud'),
      CLOUDSDK_CORE_CHECK_GCE_METADATA: 'false',
      CLOUDSDK_CORE_DISABLE_FILE_LOGGING: 'true',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1,localhost',
    }
  }

  fill(): void {
    const {compute, accounts} = this
    const network = compute.put(`${PROJECT}/global/networks/net`, {autoCreateSubnetworks: false})
    compute.put(`${REGION}/subnetworks/shop-nodes`, {
      network: network.selfLink,
      ipCidrRange: '10.128.0.0/20',
      secondaryIpRanges: [{rangeName: 'pods', ipCidrRange: '10.4.0.0/14'}],
    })
    compute.put('projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64', {
      family: 'ubuntu-2404-lts-amd64',
    })
    accounts.clusters.set(`${PROJECT}/locations/us-central1-a/clusters/shop`, {
      name: 'shop',
      location: 'us-central1-a',
      network: 'net',
      networkConfig: {network: `${PROJECT}/global/networks/net`},
      clusterIpv4Cidr: '10.4.0.0/14',
      servicesIpv4Cidr: '10.8.0.0/20',
    })
  }

  private async answer(request: ApiRequest): Promise<ApiAnswer> {
    if (!request.path.startsWith('/compute/v1/'))
      return this.accounts.answer(request) ?? notFound(request.path)
    return this.groups.answer(request) ?? this.autoscaler(request) ?? this.compute.answer(request)
  }

  /** An autoscaler is addressed by a parameter when it is changed. */
  private autoscaler({method, path, query, body}: ApiRequest): ApiAnswer | undefined {
    if (!path.endsWith('/autoscalers') || (method !== 'PUT' && method !== 'PATCH')) return undefined
    const at = `${this.compute.pathOf(path)}/${query.get('autoscaler')}`
    const resource = this.compute.resources.get(at)
    if (!resource) return notFound(at)
    const before = method === 'PATCH' ? (resource['autoscalingPolicy'] as object) : {}
    const {autoscalingPolicy} = body as {autoscalingPolicy: object}
    return this.compute.patch(at, resource, {autoscalingPolicy: {...before, ...autoscalingPolicy}})
  }

  private refuseWhatIsInUse(): void {
    const {compute} = this
    const inUse =
      (collection: string, field: (user: Record<string, unknown>) => unknown[]) =>
      (resource: {selfLink: string; name: string}) => {
        const user = [...compute.resources].find(
          ([path, it]) =>
            path.includes(`/${collection}/`) &&
            field(it).some((link) => compute.pathOf(link) === compute.pathOf(resource.selfLink)),
        )
        if (!user) return undefined
        return refusal(
          400,
          'resourceInUseByAnotherResource',
          `The resource '${resource.name}' is already being used by '${user[0]}'`,
        )
      }
    const templates = inUse('instanceGroupManagers', (group) => [
      group['instanceTemplate'],
      ...((group['versions'] ?? []) as {instanceTemplate: string}[]).map(
        ({instanceTemplate}) => instanceTemplate,
      ),
    ])
    const checks = inUse('instanceGroupManagers', (group) =>
      ((group['autoHealingPolicies'] ?? []) as {healthCheck: string}[]).map(({healthCheck}) => healthCheck),
    )
    const nats = inUse('routers', ({nats: list}) =>
      ((list ?? []) as {subnetworks?: {name: string}[]}[]).flatMap((nat) =>
        (nat.subnetworks ?? []).map(({name}) => name),
      ),
    )
    compute.rules['instanceTemplates'] = {remove: templates}
    compute.rules['healthChecks'] = {remove: checks}
    compute.rules['subnetworks'] = {
      insert: (subnet) =>
        compute.get(subnet['network'])
          ? undefined
          : refusal(400, 'invalid', "Invalid value for field 'network'"),
      remove: (subnet) => nats(subnet) ?? this.subnetOfVms(subnet.selfLink),
    }
  }

  private subnetOfVms(subnet: string): ApiAnswer | undefined {
    const {compute} = this
    const users = [...compute.resources.values()].filter(
      (group) =>
        this.groups.vmsOf(group).length > 0 &&
        JSON.stringify(compute.get(group['instanceTemplate'])?.['properties'] ?? {}).includes(
          compute.pathOf(subnet),
        ),
    )
    if (users.length === 0) return undefined
    return refusal(
      400,
      'resourceInUseByAnotherResource',
      `The subnetwork is already being used by '${users[0]?.name}'`,
    )
  }
}
