/** Text to the plain value it stands for, by the shortest way; or to what keeps it from being read. */
import {findDuplicateKeys, type DuplicateKey} from './duplicate-keys.js'
import {isOfOtherKind} from './kinds.js'
import {parseJson} from './parse-json.js'
import {parsePlainYaml} from './parse-plain-yaml.js'
import {parseYaml, readValue, syntaxProblem, type YamlProblem} from './parse-yaml.js'

export type ParsedDocument = {
  /** Undefined or null for a document without content, and for one that is of no kind we read. */
  readonly value: unknown
  readonly duplicates: readonly DuplicateKey[]
}

export function parseDocument(text: string): ParsedDocument | YamlProblem {
  return isOfOtherKind(text) ? {value: undefined, duplicates: []} : parseAny(text)
}

/** As parseDocument, of whatever kind the document is. */
export function parseAny(text: string): ParsedDocument | YamlProblem {
  const simple = parseJson(text) ?? parsePlainYaml(text)
  if (simple) return {value: simple.value, duplicates: []}
  const yaml = parseYaml(text)
  const result = syntaxProblem(yaml) ?? readValue(yaml)
  return 'problem' in result ? result : {value: result.value, duplicates: findDuplicateKeys(yaml)}
}
