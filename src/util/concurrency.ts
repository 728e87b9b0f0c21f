/** Concurrent work that always ends before its caller gets a result. */
import pLimit from 'p-limit'

/** Like Promise.all, but if one of them rejects, waits for the others before it rejects. */
export async function allEnded<T extends readonly unknown[]>(promises: {
  readonly [K in keyof T]: Promise<T[K]>
}): Promise<T> {
  await Promise.allSettled(promises)
  return await Promise.all(promises)
}

/** The number of files that are read or written concurrently: thousands would use up the file descriptors. */
export const FILES_AT_A_TIME = 32

/**
 * The results of `task` for each item, in order, with at most `concurrency` tasks at a time. If a task rejects, no further task starts, and the result rejects after the
 * running tasks have ended.
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

/** Returns a function that runs tasks that come at any time, at most `concurrency` of them at a time, in the order of the calls. */
export function limitTasks(concurrency: number): <R>(task: () => Promise<R>) => Promise<R> {
  const limit = pLimit(concurrency)
  return (task) => limit(task)
}
