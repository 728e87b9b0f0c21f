/** The results of `task` for each item, in order, at most `size` under way at the same time; rejects with the first error. */
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
  await Promise.all(Array.from({length: Math.min(size, items.length)}, worker))
  return results
}
