import {allEnded} from '../../../util/all-ended.js'

/**
 * The results of `task` for each item, in order, at most `size` under way at the same time. Rejects with an error of one,
 * once all have ended that were under way; the rest is then not begun.
 */
export async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await task(item)
  }
  const beginNoMore = (error: unknown): never => {
    while (!waiting.next().done);
    throw error
  }
  const length = Math.min(size, items.length)
  await allEnded(Array.from({length}, () => worker().catch(beginNoMore)))
  return results
}
