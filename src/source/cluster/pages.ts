/** Lists of one kind, a page at a time (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks). */
import {Failure} from '../../diagnostics/failure.js'
import type {KubeAccess, ListOptions} from '../../kube/access.js'
import type {ListPage} from '../../kube/answers.js'
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
const SMALLEST_PAGE = 8

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
    let page: ListPage | undefined
    do {
      page = await this.next(resource, page?.continueToken, signal)
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
      if (!isTooLarge(error) || this.limit <= SMALLEST_PAGE) throw error
      this.limit = Math.max(SMALLEST_PAGE, Math.floor(this.limit / 2))
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

function isTooLarge(error: unknown): boolean {
  return error instanceof Failure && error.code === 'api-page-too-large'
}
