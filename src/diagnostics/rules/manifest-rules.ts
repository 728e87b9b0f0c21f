/** What is wrong with the text and the shape of what was read. */
import {nearest, onlyNear} from '../nearest.js'
import {quote, rule} from '../rule.js'

export const MANIFEST_RULES = {
  'yaml-syntax': rule({
    severity: 'error',
    message: ({problem}: {problem: string; isTemplate?: boolean}) => `not valid YAML: ${problem}`,
    hint: ({isTemplate}) =>
      isTemplate
        ? 'a template is no manifest yet: check what helm template prints, and leave charts out with exclude in .lbex.yaml'
        : undefined,
    reason: 'A document that does not parse cannot be applied, and nothing in it can be served.',
  }),
  'duplicate-key': rule({
    severity: 'error',
    message: ({key}: {key: string}) => `the key ${quote(key)} stands twice in one mapping`,
    hint: () => 'keep one of the two: the API server refuses the object',
    reason:
      'YAML forbids duplicate keys; tools disagree on which one counts, and the API server refuses the object.',
  }),
  'annotation-not-string': rule({
    severity: 'error',
    message: ({actual}: {actual: string; quoted: string; text?: string}) =>
      `an annotation's value must be a string, this is ${actual}`,
    hint: ({quoted}) => `write ${quoted}: the API server refuses the object otherwise`,
    fix: ({text}) => (text === undefined ? undefined : {on: 'value', text}),
    reason:
      'Annotations map strings to strings. Unquoted numbers and booleans make the API server refuse the whole object.',
  }),
  'wrong-type': rule({
    severity: 'error',
    message: ({expected, actual}: {expected: string; actual: string}) =>
      `must be ${expected}, this is ${actual}`,
    reason: 'The API server refuses an object with a field of the wrong type.',
  }),
  'missing-field': rule({
    severity: 'error',
    message: ({field}: {field: string}) => `the required field ${field} is missing`,
    reason: 'The API server refuses an object without its required fields.',
  }),
  'invalid-field': rule({
    severity: 'error',
    message: ({problem}: {problem: string}) => problem,
    reason: 'The API server refuses an object with a value outside what the field allows.',
  }),
  'unknown-field': rule({
    severity: 'error',
    message: ({key}: {key: string; known: readonly string[]}) => `unknown field ${quote(key)}`,
    hint: ({key, known}) => {
      const guess = nearest(key, known)
      return guess === undefined ? 'kubectl apply refuses the object' : `did you mean ${guess}?`
    },
    fix: ({key, known}) => {
      const only = onlyNear(key, known)
      return only === undefined ? undefined : {on: 'key', text: only}
    },
    reason:
      'kubectl refuses an object with a field that Kubernetes does not know; other clients drop the field.',
  }),
  'server-set-field': rule({
    severity: 'warning',
    message: ({field}: {field: string}) =>
      `${field} is set by the API server; a manifest should not have it, and it is ignored`,
    hint: () => 'remove it; an object that was read from a cluster has a metadata.uid as well',
    reason:
      'The API server replaces these fields when it creates an object. The older of two Services wins a listener, so a time that an author can choose does not count.',
  }),
  'duplicate-object': rule({
    severity: 'error',
    message: ({object}: {object: string}) =>
      `${object} is defined more than once in the input; the last definition counts`,
    hint: () => 'remove one of the two, or give it another name',
    reason:
      'Only one of two objects of one kind, namespace and name can exist: the other is silently overwritten.',
  }),
} as const
