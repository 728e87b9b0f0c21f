/** The fake Compute API: resources with a name in collections, changed by operations that take their time. */
import {notFound, refusal, type ApiAnswer, type ApiRequest} from './http.js'

export type Resource = {name: string; selfLink: string; [field: string]: unknown}

export type ComputeOptions = {
  /** Milliseconds that an operation takes. */
  readonly operationTime: number
  readonly now: () => number
}

/** What a collection adds to storing: may refuse, and says what comes with a change. */
export type Rules = {
  insert?(resource: Resource): ApiAnswer | undefined
  patch?(resource: Resource, change: Record<string, unknown>): void
  remove?(resource: Resource): ApiAnswer | undefined
  /** What is known only when it is asked for. */
  view?(resource: Resource): Resource
}

type Operation = {readonly body: Record<string, unknown>; readonly doneAt: number}

export class Compute {
  /** By their path: `projects/p/global/firewalls/f`. */
  readonly resources = new Map<string, Resource>()
  readonly rules: Record<string, Rules> = {}
  private readonly operations = new Map<string, Operation>()

  constructor(
    private readonly base: () => string,
    private readonly options: ComputeOptions,
  ) {}

  /** Puts something there without an operation. */
  put(path: string, fields: Record<string, unknown>): Resource {
    const name = path.split('/').at(-1) as string
    const resource: Resource = {...fields, name, selfLink: `${this.base()}${path}`}
    if (/regions\//.test(path))
      resource['region'] ??= `${this.base()}${path.split('/').slice(0, 4).join('/')}`
    this.resources.set(path, resource)
    return resource
  }

  /** The path of what a link names. */
  pathOf(link: unknown): string {
    return String(link).replace(/^.*?\/compute\/v1\//, '')
  }

  get(link: unknown): Resource | undefined {
    return this.resources.get(this.pathOf(link))
  }

  async answer(request: ApiRequest): Promise<ApiAnswer> {
    const path = this.pathOf(request.path)
    if (/\/operations\/[^/]+(\/wait)?$/.test(path)) return this.wait(path.replace(/\/wait$/, ''))
    if (/\/aggregated\//.test(path)) return {status: 200, body: this.aggregated(path)}
    const owner = this.resources.get(path.split('/').slice(0, -1).join('/'))
    if (request.method === 'POST') {
      const body = request.body as Record<string, unknown>
      // `.../subnetworks/s/setPrivateIpGoogleAccess` changes what stands before it.
      return owner ? this.patch(path.split('/').slice(0, -1).join('/'), owner, body) : this.insert(path, body)
    }
    const resource = this.resources.get(path)
    if (!resource) return this.list(path) ?? notFound(path)
    if (request.method === 'GET') return {status: 200, body: this.view(path, resource)}
    if (request.method === 'DELETE') return this.remove(path, resource)
    return this.patch(path, resource, request.body as Record<string, unknown>)
  }

  insert(collection: string, fields: Record<string, unknown>): ApiAnswer {
    const path = `${collection}/${String(fields['name'])}`
    if (this.resources.has(path)) {
      return refusal(409, 'alreadyExists', `The resource '${path}' already exists`)
    }
    const refused = this.rulesOf(path).insert?.({...fields, name: String(fields['name']), selfLink: path})
    if (refused) return refused
    this.put(path, fields)
    return this.operation('insert', path)
  }

  patch(path: string, resource: Resource, change: Record<string, unknown>): ApiAnswer {
    Object.assign(resource, change)
    this.rulesOf(path).patch?.(resource, change)
    return this.operation('patch', path)
  }

  operation(operationType: string, target: string): ApiAnswer {
    const scope = target
      .split('/')
      .slice(0, target.includes('/regions/') ? 4 : 3)
      .join('/')
    const path = `${scope}/operations/operation-${this.operations.size + 1}`
    const body = {
      kind: 'compute#operation',
      id: String(this.operations.size + 1),
      name: path.split('/').at(-1),
      operationType,
      progress: 0,
      selfLink: `${this.base()}${path}`,
      targetLink: `${this.base()}${target}`,
      ...(scope.includes('/regions/') && {region: `${this.base()}${scope}`}),
    }
    this.operations.set(path, {body, doneAt: this.options.now() + this.options.operationTime})
    return {status: 200, body: {...body, status: 'RUNNING'}}
  }

  private remove(path: string, resource: Resource): ApiAnswer {
    const refused = this.rulesOf(path).remove?.(resource)
    if (refused) return refused
    this.resources.delete(path)
    return this.operation('delete', path)
  }

  private async wait(path: string): Promise<ApiAnswer> {
    const operation = this.operations.get(path)
    if (!operation) return notFound(path)
    const left = operation.doneAt - this.options.now()
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
    return {status: 200, body: {...operation.body, status: 'DONE', progress: 100}}
  }

  private list(path: string): ApiAnswer | undefined {
    if (!/^projects\/[^/]+\/(global|regions\/[^/]+)\/[A-Za-z]+$/.test(path)) return undefined
    return {status: 200, body: {items: this.within(new RegExp(`^${path}/[^/]+$`))}}
  }

  private aggregated(path: string): unknown {
    const [, project, , kind = ''] = path.split('/')
    const items: Record<string, unknown> = {}
    for (const [at, resource] of this.resources) {
      const [scope] =
        new RegExp(`(?<=^projects/${project}/)(global|regions/[^/]+)(?=/${kind}/[^/]+$)`).exec(at) ?? []
      if (scope === undefined) continue
      const scoped = (items[scope] ??= {[kind]: []}) as Record<string, unknown[]>
      scoped[kind]?.push(this.view(at, resource))
    }
    return {items}
  }

  private within(pattern: RegExp): Resource[] {
    return [...this.resources].filter(([path]) => pattern.test(path)).map(([path, it]) => this.view(path, it))
  }

  private view(path: string, resource: Resource): Resource {
    return this.rulesOf(path).view?.(resource) ?? resource
  }

  private rulesOf(path: string): Rules {
    return this.rules[path.split('/').at(-2) ?? ''] ?? {}
  }
}
