/** Lists of one kind, a page at a time (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks). */
import {Failure} from '../../diagnostics/failure.js'
import type {KubeAccess, ListOptions} from '../../kube/access.js'
import type {ListPage} from '../../kube/answers.js'
import {ApiFailure} from '../../kube/api-failure.js'
import type {ApiResource} from '../../kube/resource.js'

export type PagesOptions = {
  readonly access: Pick<KubeAccess, 'list'>
  /** Default: all namespaces. */
  readonly namespace?: string | undefined
  /** Called before each request. */
  readonly onRequest: () => void
}

/** Objects on a page, and the minimum for objects that are too large for that. */
const PAGE_SIZE = 500
const MIN_PAGE_SIZE = 8

/** Far above the number of objects of one kind in any cluster. */
const MAX_OBJECTS = 500_000
/** Pages with less than a quarter of the requested objects; an API server sends one only at the end of a list. */
const MAX_THIN_PAGES = 100

export class Pages {
  /** Requested objects per page; decreases after a page was too large. */
  private limit = PAGE_SIZE

  constructor(private readonly options: PagesOptions) {}

  /** A list of one object, and the current resource version. */
  first(resource: ApiResource, signal: AbortSignal): Promise<ListPage> {
    return this.page(resource, {limit: 1}, signal)
  }

  /** The pages of the whole list. Throws a Failure if a page cannot be read. */
  async *all(resource: ApiResource, signal: AbortSignal): AsyncGenerator<ListPage, void, undefined> {
    const progress = new Progress(resource)
    let page: ListPage | undefined
    do {
      const token = page?.continueToken
      page = await this.next(resource, token, signal)
      progress.check(page, token, this.limit)
      yield page
    } while (page.continueToken !== undefined)
  }

  /** Requests smaller pages until one is not too large. */
  private async next(
    resource: ApiResource,
    continueToken: string | undefined,
    signal: AbortSignal,
  ): Promise<ListPage> {
    try {
      return await this.page(resource, {limit: this.limit, continueToken}, signal)
    } catch (error) {
      if (!isTooLarge(error) || this.limit <= MIN_PAGE_SIZE) throw error
      this.limit = Math.max(MIN_PAGE_SIZE, Math.floor(this.limit / 2))
      return this.next(resource, continueToken, signal)
    }
  }

  private page(
    resource: ApiResource,
    options: Omit<ListOptions, 'namespace'>,
    signal: AbortSignal,
  ): Promise<ListPage> {
    const {access, namespace, onRequest} = this.options
    onRequest()
    return access.list(resource, {namespace, ...options}, signal)
  }
}

/** Detects a list that does not end, as a broken server may send it. */
class Progress {
  private objects = 0
  private thinPages = 0

  constructor(private readonly resource: ApiResource) {}

  /** `page` is the response to a request with `token` and `limit`. Throws an ApiFailure. */
  check({items, continueToken}: ListPage, token: string | undefined, limit: number): void {
    if (continueToken === undefined) return
    this.objects += items.length
    if (items.length < limit / 4) this.thinPages += 1
    const problem = this.problem(continueToken === token)
    if (problem === undefined) return
    const {plural} = this.resource
    throw new ApiFailure(`the API server sends a list of ${plural} that does not end: ${problem}`, {
      code: 'api-endless',
      hint: 'check the proxies between lbex and the API server, and aggregated API servers',
      temporary: true,
    })
  }

  private problem(isRepeated: boolean): string | undefined {
    if (isRepeated) return 'the continue token of a page leads to the same page'
    if (this.thinPages > MAX_THIN_PAGES) return `${this.thinPages} pages were almost empty`
    return this.objects > MAX_OBJECTS ? `it has more than ${MAX_OBJECTS} objects` : undefined
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Failure && error.code === 'api-page-too-large'
}
