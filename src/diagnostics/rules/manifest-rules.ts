/** Invalid YAML, and objects that the API server would not accept. */
import {nearest, onlyNear} from '../nearest.js'
import {quote, rule} from '../rule.js'

export const MANIFEST_RULES = {
  'yaml-syntax': rule({
    severity: 'error',
    message: ({problem}: {problem: string; isTemplate?: boolean}) => `not valid YAML: ${problem}`,
    hint: ({isTemplate}) =>
      isTemplate
        ? 'a Helm template is not a manifest: check the output of helm template, and exclude charts with "exclude" in .lbex.yaml'
        : undefined,
    reason: 'A document that cannot be parsed cannot be applied, and lbex serves nothing in it.',
  }),
  'duplicate-key': rule({
    severity: 'error',
    message: ({key}: {key: string}) => `duplicate key ${quote(key)} in one mapping`,
    hint: () => 'remove one of the two; otherwise the API server rejects the object',
    reason:
      'YAML does not allow duplicate keys. Tools disagree on which one applies, and the API server rejects the object.',
  }),
  'annotation-not-string': rule({
    severity: 'error',
    message: ({actual}: {actual: string; quoted: string; text?: string}) =>
      `the value of an annotation must be a string, but this is ${actual}`,
    hint: ({quoted}) => `write ${quoted}; otherwise the API server rejects the object`,
    fix: ({text}) => (text === undefined ? undefined : {on: 'value', text}),
    reason:
      'Annotations map strings to strings. The API server rejects the whole object if a number or boolean is not in quotes.',
  }),
  'wrong-type': rule({
    severity: 'error',
    message: ({expected, actual}: {expected: string; actual: string}) =>
      `must be ${expected}, but this is ${actual}`,
    reason: 'The API server rejects an object with a field of the wrong type.',
  }),
  'missing-field': rule({
    severity: 'error',
    message: ({field}: {field: string}) => `the required field ${field} is missing`,
    reason: 'The API server rejects an object without its required fields.',
  }),
  'invalid-field': rule({
    severity: 'error',
    message: ({problem}: {problem: string}) => problem,
    reason: 'The API server rejects an object if a field has a value that is not allowed.',
  }),
  'unknown-field': rule({
    severity: 'error',
    message: ({key}: {key: string; known: readonly string[]}) => `unknown field ${quote(key)}`,
    hint: ({key, known}) => {
      const guess = nearest(key, known)
      return guess === undefined ? 'kubectl apply rejects the object' : `did you mean ${guess}?`
    },
    fix: ({key, known}) => {
      const only = onlyNear(key, known)
      return only === undefined ? undefined : {on: 'key', text: only}
    },
    reason:
      'kubectl rejects an object with a field that Kubernetes does not know; other clients drop the field.',
  }),
  'server-set-field': rule({
    severity: 'warning',
    message: ({field}: {field: string}) =>
      `${field} is set by the API server; it does not belong in a manifest and is ignored`,
    hint: () => 'remove it; only an object that was read from a cluster has it, together with metadata.uid',
    reason:
      'The API server replaces these fields when it creates an object. If two Services ask for a listener, the older one gets it, so a creation time that an author can choose is not used.',
  }),
  'duplicate-object': rule({
    severity: 'error',
    message: ({object}: {object: string}) =>
      `${object} is defined more than once in the input; the last definition applies`,
    hint: () => 'remove one of the two, or give it another name',
    reason:
      'A cluster has only one object of each kind, namespace and name: the last definition silently overwrites the others.',
  }),
} as const
