/** Where a field stands in a YAML document, and how it is written. Also for an editor: it works on the document as parsed. */
import {isAlias, isMap, isSeq, LineCounter, type Node, type Pair, type YAMLMap} from 'yaml'
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import {findAliases, type Aliases} from './aliases.js'
import type {YamlDocument} from './parse-yaml.js'
import {isMerge, keyOf, rangeOfNode, type TextRange} from './yaml-nodes.js'

/** The field's value and, in a mapping, the pair that holds it; `found: false` for its nearest parent instead. */
export type FoundNode = {readonly node: Node | null; readonly pair?: Pair; readonly found: boolean}

export class Positions {
  private readonly lines: LineCounter
  /** Looked up for each finding: a mapping may have many keys, a document many aliases. */
  private readonly keys = new Map<YAMLMap, ReadonlyMap<string, Pair>>()
  private aliases: Aliases | undefined

  constructor(private readonly yaml: YamlDocument) {
    this.lines = linesOf(yaml.text)
  }

  /**
   * Where the field stands: its value, or its key with `on: 'key'` and where the value is empty. A field that does not
   * exist is shown at its nearest parent that does: at that one's key or, in a list, at its first key.
   */
  rangeOf(path: FieldPath, on: 'key' | 'value' = 'value'): TextRange {
    const {pair, node, found} = this.find(path)
    const value = this.trimmed(node)
    if (found && on === 'value' && value[1] > value[0]) return value
    if (pair) return this.trimmed(pair.key)
    const first = isMap(node) ? node.items[0] : undefined
    return first && !found ? this.trimmed(first.key) : value
  }

  /** How the value of the field is written; empty where there is none. */
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

  /** Walks down the path, through aliases and merge keys, as far as it goes. */
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

  /** The mapping's own keys win over merged ones, the last of them over earlier ones. */
  private lookUp(map: YAMLMap, key: string): Pair | undefined {
    const own = this.keysOf(map).get(key)
    if (own) return own
    for (const source of map.items.filter(isMerge).flatMap((pair) => this.mergedBy(pair))) {
      const merged = this.lookUp(source, key)
      if (merged) return merged
    }
    return undefined
  }

  /** The mapping's own pairs; of equal keys the last one. */
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

  /** What an alias stands for; any other node itself. */
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

/** The parser's own count of lines leaves out those in what it could not parse. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const {index} of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return lines
}
