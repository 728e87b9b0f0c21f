/**
 * Work that can be done a little at a time: a stage of the pipeline yields between two Services, and whoever drives it
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

/** As Array.map, a step for each item. */
export function* mapInSteps<A, B>(items: readonly A[], make: (item: A) => B): Steps<B[]> {
  const made: B[] = []
  for (const item of items) {
    made.push(make(item))
    yield
  }
  return made
}
