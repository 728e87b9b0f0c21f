/** Work that goes on at the same time, none of which goes on after its caller got a result. */
import pLimit from 'p-limit'

/** As Promise.all, but if one of them rejects, waits for the others too before it rejects. */
export async function allEnded<T extends readonly unknown[]>(promises: {
  readonly [K in keyof T]: Promise<T[K]>
}): Promise<T> {
  await Promise.allSettled(promises)
  return await Promise.all(promises)
}

/** So many files are read or written at the same time: thousands of files must not use up the file descriptors. */
export const FILES_AT_A_TIME = 32

/**
 * The results of `task` for each item, in order, with at most `concurrency` tasks at the same time. Rejects with the error of a
 * task, once all have ended that had begun; the others do not begin.
 */
export function mapLimited<T, R>(
  items: readonly T[],
  concurrency: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const limit = pLimit({concurrency, rejectOnClear: true})
  const run = async (item: T): Promise<R> => {
    try {
      return await task(item)
    } catch (error) {
      limit.clearQueue()
      throw error
    }
  }
  return allEnded(items.map((item) => limit(run, item)))
}
