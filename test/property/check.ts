import fc from 'fast-check'

/** Runs a property; a failure tells seed and path, and PROPERTY_SEED repeats that run. */
export function check<T>(property: fc.IProperty<T>, numRuns = 200): void {
  const seed = process.env['PROPERTY_SEED']
  fc.assert(property, {numRuns, ...(seed !== undefined && {seed: Number(seed)})})
}
