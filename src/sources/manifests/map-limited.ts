/** Runs `work` for each item, a few at a time, so that thousands of files do not use up the file descriptors. */
import pLimit from 'p-limit'

/** Rejects with the first error; items that have not begun by then are skipped. */
export async function mapLimited<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const limit = pLimit(CONCURRENCY)
  try {
    return await Promise.all(items.map((item) => limit(work, item)))
  } finally {
    limit.clearQueue()
  }
}

const CONCURRENCY = 32
