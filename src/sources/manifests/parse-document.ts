/** Parses text to a plain value with the fastest parser that can, or returns the problem. */
import {findDuplicateKeys, type DuplicateKey} from './duplicate-keys.js'
import {isOfOtherKind} from './kinds.js'
import {parseFastYaml} from './parse-fast-yaml.js'
import {parseJson} from './parse-json.js'
import {parseYaml, readValue, syntaxProblem, type YamlProblem} from './parse-yaml.js'

export type ParsedDocument = {
  /** Undefined or null for an empty document, and for one of a kind that lbex does not read. */
  readonly value: unknown
  readonly duplicates: readonly DuplicateKey[]
}

export function parseDocument(text: string): ParsedDocument | YamlProblem {
  return isOfOtherKind(text) ? {value: undefined, duplicates: []} : parseAny(text)
}

/** Like parseDocument, but for every kind. */
export function parseAny(text: string): ParsedDocument | YamlProblem {
  const simple = parseJson(text) ?? parseFastYaml(text)
  if (simple) return {value: simple.value, duplicates: []}
  const yaml = parseYaml(text)
  const result = syntaxProblem(yaml) ?? readValue(yaml)
  return 'problem' in result ? result : {value: result.value, duplicates: findDuplicateKeys(yaml)}
}
