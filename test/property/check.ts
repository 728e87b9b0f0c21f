import fc from 'fast-check'

/** Runs a property. A failure shows seed and path; PROPERTY_SEED repeats that run. */
export function check<T>(property: fc.IProperty<T>, numRuns = 200): void {
  fc.assert(property, parameters(numRuns))
}

/** Like check, for an asynchronous property. */
export async function checkAsync<T>(property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> {
  await fc.assert(property, parameters(numRuns))
}

function parameters(numRuns: number): {numRuns: number; seed?: number} {
  const seed = process.env['PROPERTY_SEED']
  return {numRuns, ...(seed !== undefined && {seed: Number(seed)})}
}
