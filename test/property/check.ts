import fc from 'fast-check'

/** Runs a property; a failure tells seed and path, and PROPERTY_SEED repeats that run. */
export function check<T>(property: fc.IProperty<T>, numRuns = 200): void {
  fc.assert(property, parameters(numRuns))
}

/** As check, for a property that waits. */
export async function checkAsync<T>(property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> {
  await fc.assert(property, parameters(numRuns))
}

function parameters(numRuns: number): {numRuns: number; seed?: number} {
  const seed = process.env['PROPERTY_SEED']
  return {numRuns, ...(seed !== undefined && {seed: Number(seed)})}
}
