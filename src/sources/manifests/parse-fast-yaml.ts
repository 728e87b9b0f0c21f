/**
 * The fast path for YAML: js-yaml, which keeps no positions and takes a fraction of the time of `yaml`. Text that the two may
 * read differently is left to `yaml` (test/unit/sources/manifests/parse-fast-yaml.test.ts compares their values).
 */
import {FAILSAFE_SCHEMA, load, Type} from 'js-yaml'
import {isScalar, type ScalarTag} from 'yaml'
import {KUBERNETES_SCHEMA} from './yaml-schema.js'

/** The value; undefined for text that is empty, has an error or a duplicate key, or is not plain enough. */
export function parseFastYaml(text: string): {readonly value: unknown} | undefined {
  if (EXCLUDED.some((pattern) => pattern.test(text))) return undefined
  try {
    const value = load(text, {schema: SCHEMA})
    return value === undefined ? undefined : {value}
  } catch {
    return undefined
  }
}

/** Each of these takes linear time. */
const EXCLUDED: readonly RegExp[] = [
  // Anchors, aliases, tags, directives, merge and explicit keys, block scalars.
  /(?<![^\s:,[\]{}"'])[&*!%?|>]|<</,
  // A marker of a document with text on its line, and a comment without white space before it.
  /^(?:---|\.\.\.)(?! *\r?$)|["'}\]]#/m,
  // Control characters, tabs, stray carriage returns and non-ASCII white space: the two differ about them.
  /\r(?!\n)|[^\n\r\u0020-\u007E\u00A1-\u167F\u2010-\u2027\u2030-\u205E\u2060-\u2FFF\u3001-\uD7FF\uF900-\uFDFF\uFE70-\uFEFE]/,
  // A key that is empty, a boolean, null, a number, a list or a mapping: js-yaml does not keep its text.
  /(?:^|[\s,[])(?:y|n|yes|no|true|false|on|off|null|~|[-+]?\.?(?:\d|inf|nan)[^\s:[\],]*) *:(?![^\s[\],])/im,
  /(?:^|[\s,[]):(?![^\s[\],])|[}\]] *:(?![^\s[\],])/m,
  // Flow mappings, lists of several lines, nested lists, empty items, quotes of several lines: js-yaml is not strict about them.
  /\{(?! *\})|\[(?![^[\]\n]*\])|(?<!\S)- *(?:\r?$|#|-(?!\S))/m,
  /(?:^|[-:,[]) *(?:"(?:[^"\\\n]|\\.)*\\?|'[^'\n]*(?:''[^'\n]*)*)$/m,
]

const SCALARS = KUBERNETES_SCHEMA.tags.filter(
  (tag): tag is ScalarTag => tag.default === true && 'test' in tag && tag.test !== undefined,
)

/** Resolves plain scalars with the same tags as `yaml`. */
const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:scalar', {
      kind: 'scalar',
      resolve: (text: string | null) => text !== null && tagOf(text) !== undefined,
      construct: (text: string) => {
        const value = tagOf(text)?.resolve(text, fail, {})
        return isScalar(value) ? value.value : value
      },
    }),
  ],
})

function tagOf(text: string): ScalarTag | undefined {
  return SCALARS.find(({test}) => test?.test(text))
}

function fail(message: string): never {
  throw new TypeError(message)
}
