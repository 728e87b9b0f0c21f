/**
 * Work that can be done a little at a time: a stage of the pipeline yields between a few Services, and whoever drives it
 * decides when to go on, or not to. What was remembered by then is worth as much as after the whole.
 */
export type Steps<T> = Generator<void, T, void>

/** Does all of it at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const {done, value} = steps.next()
    if (done) return value
  }
}

/** Items that are made in one step: most are remembered, and then a step would cost as much as they do. */
const STEP = 4

/** As Array.map, a step for every few items. */
export function* mapInSteps<A, B>(items: readonly A[], make: (item: A) => B): Steps<B[]> {
  const made: B[] = []
  for (const item of items) {
    if (made.push(make(item)) % STEP === 0) yield
  }
  return made
}

/** As mapInSteps, for items that are made in steps of their own. */
export function* mapEachInSteps<A, B>(items: readonly A[], make: (item: A) => Steps<B>): Steps<B[]> {
  const made: B[] = []
  for (const item of items) {
    if (made.push(yield* make(item)) % STEP === 0) yield
  }
  return made
}
