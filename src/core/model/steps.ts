/**
 * Work in small steps: a stage of the pipeline yields after every few Services, and the caller decides when to continue or
 * whether to abandon it. Results that were cached by then stay valid.
 */
export type Steps<T> = Generator<void, T, void>

/** Runs all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const {done, value} = steps.next()
    if (done) return value
  }
}

/** Items per step. Most items are cached, and a step for each of them would cost as much as the item itself. */
export const STEP = 4

/** Like Array.map, with a step for every few items. */
export function* mapInSteps<A, B>(items: readonly A[], make: (item: A) => B): Steps<B[]> {
  const made: B[] = []
  for (const item of items) {
    if (made.push(make(item)) % STEP === 0) yield
  }
  return made
}

/** Like mapInSteps, for items that are themselves made in steps, unless `recall` returns their cached result. */
export function* mapEachInSteps<A, B>(
  items: readonly A[],
  recall: (item: A, index: number) => B | undefined,
  make: (item: A, index: number) => Steps<B>,
): Steps<B[]> {
  const made: B[] = []
  for (const item of items) {
    const result = recall(item, made.length) ?? (yield* make(item, made.length))
    if (made.push(result) % STEP === 0) yield
  }
  return made
}
