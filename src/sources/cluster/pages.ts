/** Lists of one kind, a page at a time (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks). */
import {Failure} from '../../diagnostics/failure.js'
import type {KubeAccess, ListOptions} from '../../kube/access.js'
import type {ListPage} from '../../kube/answers.js'
import {ApiFailure} from '../../kube/api-failure.js'
import type {ApiResource} from '../../kube/resource.js'

export type PagesOptions = {
  readonly access: Pick<KubeAccess, 'list'>
  /** Default: all. */
  readonly namespace?: string | undefined
  /** Is called before each request. */
  readonly onRequest: () => void
}

/** Objects on a page, and on one of objects that are so large that no more of them fit. */
const PAGE = 500
const MIN_PAGE = 8

/** Far above what a cluster can have of one kind. */
const MAX_OBJECTS = 500_000
/** Pages with less than a quarter of what was asked for, which an API server sends at the end of a list only. */
const MAX_THIN_PAGES = 100

export class Pages {
  /** Objects that are asked for at once: less after a page was too large. */
  private limit = PAGE

  constructor(private readonly options: PagesOptions) {}

  /** A list of one object, and the resource version of now. */
  first(resource: ApiResource, signal: AbortSignal): Promise<ListPage> {
    return this.page(resource, {limit: 1}, signal)
  }

  /** The whole list, as it is when the first page is read; ends with a Failure where a page cannot be had. */
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

  /** Asks for less of it at once, until it is not too large. */
  private async next(
    resource: ApiResource,
    continueToken: string | undefined,
    signal: AbortSignal,
  ): Promise<ListPage> {
    try {
      return await this.page(resource, {limit: this.limit, continueToken}, signal)
    } catch (error) {
      if (!isTooLarge(error) || this.limit <= MIN_PAGE) throw error
      this.limit = Math.max(MIN_PAGE, Math.floor(this.limit / 2))
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

/** Sees to it that a list comes to an end: a server that has gone wrong may go on for ever. */
class Progress {
  private objects = 0
  private thinPages = 0

  constructor(private readonly resource: ApiResource) {}

  /** `token` led to `page`, of which `limit` objects were asked for. Throws an ApiFailure. */
  check({items, continueToken}: ListPage, token: string | undefined, limit: number): void {
    if (continueToken === undefined) return
    this.objects += items.length
    if (items.length < limit / 4) this.thinPages += 1
    const problem = this.problem(continueToken === token)
    if (problem === undefined) return
    const {plural} = this.resource
    throw new ApiFailure(`the API server does not come to the end of the list of ${plural}: ${problem}`, {
      code: 'api-endless',
      hint: 'look at what stands between lbex and the API server, and at aggregated API servers',
      temporary: true,
    })
  }

  private problem(isRepeated: boolean): string | undefined {
    if (isRepeated) return 'a page leads to itself'
    if (this.thinPages > MAX_THIN_PAGES) return `${this.thinPages} pages held next to nothing`
    return this.objects > MAX_OBJECTS ? `it has more than ${MAX_OBJECTS} objects` : undefined
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Failure && error.code === 'api-page-too-large'
}
