/** Estimates the memory of the objects in a store. */
import {getHeapStatistics} from 'node:v8'

const PER_VALUE = 32

/** Approximate bytes: a string by its length, everything else by the number of its values. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return PER_VALUE + value.length
  if (typeof value !== 'object' || value === null) return PER_VALUE
  let size = PER_VALUE
  for (const part of Object.values(value)) size += sizeOf(part)
  return size
}

/** Maximum bytes of the objects of one kind: half of the heap limit. The rest is for the translation. */
export function maxBytes(): number {
  return getHeapStatistics().heap_size_limit / 2
}
