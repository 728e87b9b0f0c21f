/** Edits for `lbex check --fix`: replaces one key or one value, in its own style of quotes, and nothing else. */
import {isMap, isScalar, isSeq, type Pair, type Scalar} from 'yaml'
import type {FieldPath, TextEdit} from '../../diagnostics/diagnostic.js'
import type {Fix} from '../../diagnostics/rule.js'
import type {PlacedDocument} from './placed-document.js'
import {isMerge, keyOf, rangeOfNode} from './yaml-nodes.js'

/** Undefined if the field is not on a single line, or if the change would create a duplicate key. */
export function editFor(document: PlacedDocument, path: FieldPath, {on, text}: Fix): TextEdit | undefined {
  const found = findOwn(document, path)
  if (!found) return undefined
  const {pair, siblings} = found
  const node = on === 'key' ? pair.key : pair.value
  if (!isPlainlyWritten(node)) return undefined
  if (on === 'key' && siblings.some((other) => keyOf(other) === text)) return undefined
  const range = rangeOfNode(node)
  const source = document.source.text.slice(...range)
  if (source === '' || source.includes('\n')) return undefined
  return {location: document.locate(range), text: written(text, node)}
}

type Own = {readonly pair: Pair; readonly siblings: readonly Pair[]}

/** The pair at the end of the path, unless there is an alias or a merge key on the way: their targets are used elsewhere, too. */
function findOwn(document: PlacedDocument, path: FieldPath): Own | undefined {
  let node: unknown = document.yaml.document.contents
  let own: Own | undefined
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.findLast((item) => keyOf(item) === String(part) && !isMerge(item))
      if (!pair) return undefined
      own = {pair, siblings: node.items}
      node = pair.value
    } else {
      node = isSeq(node) && typeof part === 'number' ? node.items[part] : undefined
      own = undefined
    }
  }
  return own
}

/** A value with an anchor is used elsewhere, too, and a tag changes the value. */
function isPlainlyWritten(node: unknown): node is Scalar {
  if (!isScalar(node) || node.anchor !== undefined || node.tag !== undefined) return false
  return node.type === 'PLAIN' || node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
}

/** A plain word that YAML always reads as a string. */
const WORD = /^[A-Za-z][\w./-]*$/
const NO_STRING = /^(?:y|n|yes|no|true|false|on|off|null)$/i

function written(text: string, {type}: Scalar): string {
  if (type === 'QUOTE_SINGLE') return `'${text.replaceAll("'", "''")}'`
  const plain = type === 'PLAIN' && WORD.test(text) && !NO_STRING.test(text)
  return plain ? text : JSON.stringify(text)
}
