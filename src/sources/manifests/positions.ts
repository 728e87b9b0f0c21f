/** Finds the positions and the texts of fields in a YAML document. */
import {isAlias, isMap, isSeq, LineCounter, type Node, type Pair, type YAMLMap} from 'yaml'
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import {findAliases, type Aliases} from './aliases.js'
import type {YamlDocument} from './parse-yaml.js'
import {isMerge, keyOf, rangeOfNode, type TextRange} from './yaml-nodes.js'

/** The value of a field and, in a mapping, its pair. With `found: false`, those of its nearest existing parent. */
export type FoundNode = {readonly node: Node | null; readonly pair?: Pair; readonly found: boolean}

export class Positions {
  private readonly lines: LineCounter
  /** Cached, because they are used for each finding, and a mapping may have many keys. */
  private readonly keys = new Map<YAMLMap, ReadonlyMap<string, Pair>>()
  private aliases: Aliases | undefined

  constructor(private readonly yaml: YamlDocument) {
    this.lines = linesOf(yaml.text)
  }

  /**
   * The range of the value of a field; that of its key with `on: 'key'`, or if the value is empty. For a field that does not
   * exist, that of the key of its nearest existing parent or, in a list, of the first key there.
   */
  rangeOf(path: FieldPath, on: 'key' | 'value' = 'value'): TextRange {
    const {pair, node, found} = this.find(path)
    const value = this.trimmed(node)
    if (found && on === 'value' && value[1] > value[0]) return value
    if (pair) return this.trimmed(pair.key)
    const first = isMap(node) ? node.items[0] : undefined
    return first && !found ? this.trimmed(first.key) : value
  }

  /** The text of the value; empty if there is none. */
  sourceOf(path: FieldPath): string {
    const {node, found} = this.find(path)
    const [start, end] = this.trimmed(this.target(node))
    return found ? this.yaml.text.slice(start, end) : ''
  }

  /** Line and column of an offset, both from 1. */
  at(offset: number): {readonly line: number; readonly column: number} {
    const {line, col} = this.lines.linePos(offset)
    return {line, column: col}
  }

  /** Follows the path through aliases and merge keys as far as it exists. */
  find(path: FieldPath): FoundNode {
    let place: FoundNode = {node: this.yaml.document.contents, found: true}
    for (const part of path) {
      const parent = this.target(place.node)
      const next = this.step(parent, part)
      if (!next) return {...place, node: parent, found: false}
      place = next
    }
    return place
  }

  private step(parent: Node | null, part: string | number): FoundNode | undefined {
    if (isMap(parent)) {
      const pair = this.lookUp(parent, String(part))
      return pair && {pair, node: pair.value as Node | null, found: true}
    }
    if (!isSeq(parent) || typeof part !== 'number' || part >= parent.items.length) return undefined
    return {node: parent.items[part] as Node, found: true}
  }

  /** Own keys of the mapping win over merged ones, and later keys over earlier ones. */
  private lookUp(map: YAMLMap, key: string): Pair | undefined {
    const own = this.keysOf(map).get(key)
    if (own) return own
    for (const source of map.items.filter(isMerge).flatMap((pair) => this.mergedBy(pair))) {
      const merged = this.lookUp(source, key)
      if (merged) return merged
    }
    return undefined
  }

  /** The own pairs of the mapping; the last one of equal keys. */
  private keysOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.keys.get(map)
    if (known) return known
    const pairs = new Map(map.items.filter((pair) => !isMerge(pair)).map((pair) => [keyOf(pair), pair]))
    this.keys.set(map, pairs)
    return pairs
  }

  private mergedBy({value}: Pair): YAMLMap[] {
    const merged = this.target(value as Node | null)
    const sources = isSeq(merged) ? merged.items.map((item) => this.target(item as Node)) : [merged]
    return sources.filter((source) => isMap(source))
  }

  /** The target of an alias; any other node itself. */
  private target(node: Node | null): Node | null {
    if (!isAlias(node)) return node
    this.aliases ??= findAliases(this.yaml.document)
    return this.aliases.targets.get(node) ?? null
  }

  private trimmed(node: unknown): TextRange {
    const [start, end] = rangeOfNode(node)
    return [start, start + this.yaml.text.slice(start, end).trimEnd().length]
  }
}

/** The parser does not count the lines that it could not parse. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const {index} of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return lines
}
