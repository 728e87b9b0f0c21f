/** Fills a store with all objects of one kind, page by page. */
import {Failure} from '../../diagnostics/failure.js'
import type {Logger} from '../../util/logger.js'
import {checkSize} from './checks.js'
import type {ApiKind} from './kinds.js'
import type {ObjectObserver} from './object-observer.js'
import type {ObjectStore} from './object-store.js'
import type {Pages} from './pages.js'
import type {UnreadableLog} from './unreadable-log.js'

export type ReadListDeps<T> = {
  readonly store: ObjectStore<T>
  readonly observer?: ObjectObserver | undefined
  readonly pages: Pages
  readonly log: Logger
  readonly unreadable: UnreadableLog
  /** Maximum bytes of the objects. */
  readonly memory: number | undefined
  /** Called before each list. */
  readonly onBegin: () => void
}

export type ListResult<T> = {
  /** The kind of the objects in the store. */
  readonly kind: ApiKind<T>
  readonly resourceVersion: string
  /** True if the store has changed. */
  readonly changed: boolean
}

/** Lists the first of `kinds` that the API server has. Rejects with a Failure and does not change the store. */
export async function readList<T>(
  [kind, ...others]: readonly ApiKind<T>[],
  deps: ReadListDeps<T>,
  signal: AbortSignal,
): Promise<ListResult<T>> {
  if (kind === undefined) throw new TypeError('there is no kind to list')
  try {
    return await readKind(kind, deps, signal)
  } catch (error) {
    if (others.length === 0 || !(error instanceof Failure) || error.code !== 'api-absent') throw error
    return readList(others, deps, signal)
  }
}

async function readKind<T>(
  kind: ApiKind<T>,
  {store, observer, pages, log, unreadable, memory, onBegin}: ReadListDeps<T>,
  signal: AbortSignal,
): Promise<ListResult<T>> {
  onBegin()
  const replacement = store.replacement(kind.project)
  const observed = observer?.replacement()
  let resourceVersion = ''
  let nameless = 0
  unreadable.beginList(kind.resource.kind)
  try {
    for await (const page of pages.all(kind.resource, signal)) {
      checkSize(replacement.add(page.items), kind.resource.plural, memory)
      observed?.add(page.items)
      nameless += page.nameless ?? 0
      resourceVersion = page.resourceVersion
    }
  } finally {
    unreadable.endList()
  }
  if (nameless > 0) warnOfNameless(log, kind, nameless)
  const changed = replacement.commit({complete: nameless === 0})
  observed?.commit({complete: nameless === 0})
  return {kind, resourceVersion, changed}
}

/** Nothing is removed, because any known object may be one of them. */
function warnOfNameless(log: Logger, {resource: {kind}}: ApiKind<unknown>, count: number): void {
  log.warn('objects without a name are skipped, and no object counts as deleted', {kind, count})
}
