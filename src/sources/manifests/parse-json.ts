/** The fast path for JSON, which kubectl prints for a whole cluster: `yaml` takes a hundred times as long. */
import {countKeys} from './json-text.js'

/** The value; undefined if the text is not a JSON object, or has a duplicate key, of which `yaml` finds the position. */
export function parseJson(text: string): {readonly value: unknown} | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return countKeys(text) === countProperties(value) ? {value} : undefined
  } catch {
    return undefined
  }
}

/** Not recursive: the nesting may be deeper than the stack. */
function countProperties(value: unknown): number {
  let count = 0
  const left = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) continue
    const values: unknown[] = Object.values(next)
    if (!Array.isArray(next)) count += values.length
    for (const child of values) left.push(child)
  }
  return count
}
