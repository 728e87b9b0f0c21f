/**
 * Resolves all aliases of a YAML document in one walk, because `yaml` walks the whole document for each alias. Also counts how
 * much the document grows when its aliases are expanded.
 */
import {isAlias, isMap, isSeq, type Alias, type Document, type Node} from 'yaml'

export type Aliases = {
  /** In the order of the text. The target is undefined if there is no anchor before the alias. */
  readonly targets: ReadonlyMap<Alias, Node | undefined>
  readonly anchors: number
  /** Nodes that the aliases add. */
  readonly added: number
}

export function findAliases(document: Document.Parsed): Aliases {
  const walk = new AliasWalk()
  walk.measure(document.contents)
  return {targets: walk.targets, anchors: walk.anchors, added: walk.added}
}

class AliasWalk {
  readonly targets = new Map<Alias, Node | undefined>()
  anchors = 0
  added = 0
  private readonly byName = new Map<string, Node>()
  /** Sizes with expanded aliases. A node is not in here while it is being walked. */
  private readonly sizes = new Map<Node, number>()

  /** Number of nodes at and below `node` with expanded aliases. The parser has limited the nesting. */
  measure(node: unknown): number {
    if (isAlias(node)) return this.follow(node)
    const anchor = (node as (Node & {anchor?: string}) | null)?.anchor
    if (anchor !== undefined) {
      this.anchors += 1
      this.byName.set(anchor, node as Node)
    }
    let size = 1
    if (isMap(node)) for (const {key, value} of node.items) size += this.measure(key) + this.measure(value)
    if (isSeq(node)) for (const item of node.items) size += this.measure(item)
    if (anchor !== undefined) this.sizes.set(node as Node, size)
    return size
  }

  private follow(alias: Alias): number {
    const target = this.byName.get(alias.source)
    this.targets.set(alias, target)
    const size = (target && this.sizes.get(target)) ?? 1
    this.added += size
    return size
  }
}
