/** Helpers for walking over a YAML document. */
import {isScalar, type Node, type Pair} from 'yaml'

/** Offsets in the document's text, the end exclusive. */
export type TextRange = readonly [start: number, end: number]

export function keyOf({key}: Pair): string {
  return isScalar(key) ? String(key.value) : ''
}

/** `<<`, which merges the keys of another mapping; in quotes it is a regular key. */
export function isMerge({key}: Pair): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN'
}

/** The range of a node, without the anchor or tag before it. Block collections extend to the line of the next key. */
export function rangeOfNode(node: unknown): TextRange {
  const range = (node as Node | null | undefined)?.range
  return range ? [range[0], range[1]] : [0, 0]
}
