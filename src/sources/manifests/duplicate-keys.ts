/** Finds keys that are in a mapping more than once. */
import {isMap, isSeq, type YAMLMap} from 'yaml'
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import type {YamlDocument} from './parse-yaml.js'
import {isMerge, keyOf, rangeOfNode, type TextRange} from './yaml-nodes.js'

/** `path` is that of the last key, which wins. */
export type DuplicateKey = {readonly path: FieldPath; readonly first: TextRange; readonly last: TextRange}

export function findDuplicateKeys({document}: YamlDocument): DuplicateKey[] {
  return duplicatesBelow(document.contents, [])
}

function duplicatesBelow(node: unknown, path: FieldPath): DuplicateKey[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => duplicatesBelow(item, [...path, index]))
  if (!isMap(node)) return []
  const below = node.items.flatMap((pair) => duplicatesBelow(pair.value, [...path, keyOf(pair)]))
  return [...duplicatesIn(node, path), ...below]
}

function duplicatesIn(map: YAMLMap, path: FieldPath): DuplicateKey[] {
  const ranges = new Map<string, {first: TextRange; last?: TextRange}>()
  // Several merge keys are allowed: each adds the keys that are still missing.
  for (const pair of map.items.filter((item) => !isMerge(item))) {
    const key = keyOf(pair)
    const range = rangeOfNode(pair.key)
    const known = ranges.get(key)
    if (known) known.last = range
    else ranges.set(key, {first: range})
  }
  return [...ranges].flatMap(([key, {first, last}]) => (last ? [{path: [...path, key], first, last}] : []))
}
