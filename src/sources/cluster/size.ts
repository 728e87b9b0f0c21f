/** About how much memory what is kept of the objects takes. */
import {getHeapStatistics} from 'node:v8'

const PER_VALUE = 32

/** Bytes, roughly: a string by its length, everything else by the number of its parts. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return PER_VALUE + value.length
  if (typeof value !== 'object' || value === null) return PER_VALUE
  let size = PER_VALUE
  for (const part of Object.values(value)) size += sizeOf(part)
  return size
}

/** What the objects of one kind may take: half of the memory that this process may use, the rest is for what is made of them. */
export function maxBytes(): number {
  return getHeapStatistics().heap_size_limit / 2
}
