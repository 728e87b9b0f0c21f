/** The annotation table as a JSON Schema of manifests, for editors: completion, documentation on hover, and mistakes underlined. */
import type {AnnotationEntry, AnnotationKind} from '../../src/core/intent/annotation-entry.js'
import {ANNOTATION_ENTRIES, ANNOTATIONS} from '../../src/core/intent/annotations.js'

type Schema = Readonly<Record<string, unknown>>

const PORT = '([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'

const RANGE = ' *[0-9A-Fa-f.:]+/[0-9]{1,3} *'
const RANGES = `${RANGE}(,${RANGE})*`
/** An IP address, which may be in brackets, or a name. */
const ADDRESS = ' *([0-9.]+|\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\]?|[a-z]([-a-z0-9]*[a-z0-9])?) *'
const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
/** A host name, `*.` and a host name, or `*`. */
const HOST = `([*]|([*][.])?${LABEL}([.]${LABEL})*)`

/** The name of a Secret. */
const LOWER_LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const SUBDOMAIN = `${LOWER_LABEL}([.]${LOWER_LABEL})*`

const FORMS: Record<AnnotationKind, (entry: AnnotationEntry) => Schema> = {
  // Other values are for other load balancers.
  class: ({values}) => ({type: 'string', examples: values}),
  port: () => ({type: 'string', pattern: `^${PORT}(-${PORT})?$`}),
  enum: ({values}) => ({enum: values}),
  boolean: () => ({enum: ['true', 'false', '1', 't', 'T', 'TRUE', 'True', '0', 'f', 'F', 'FALSE', 'False']}),
  address: () => ({type: 'string', anyOf: [{format: 'ipv4'}, {format: 'ipv6'}]}),
  addresses: () => ({type: 'string', pattern: `^${ADDRESS}(,${ADDRESS})*$`}),
  ranges: ({canBeOff}) => ({type: 'string', pattern: canBeOff ? `^(off|${RANGES})$` : `^${RANGES}$`}),
  rate: () => ({type: 'string', pattern: '^(off|[1-9][0-9]{0,10}[kmgKMG]?)$'}),
  duration: () => ({type: 'string', pattern: '^([0-9]{1,9}(ms|s|m|h)){1,4}$'}),
  count: ({canBeOff}) => ({type: 'string', pattern: `^(${canBeOff ? 'off|' : ''}0|[1-9][0-9]{0,8})$`}),
  text: () => ({type: 'string', minLength: 1, maxLength: 256}),
  pool: () => ({type: 'string', pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$'}),
  hosts: () => ({type: 'string', pattern: `^ *${HOST} *(, *${HOST} *)*$`}),
  key: () => ({type: 'string', pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$'}),
  secret: () => ({type: 'string', pattern: `^${SUBDOMAIN}$`, maxLength: 253}),
  'backend-tls': () => ({type: 'string', pattern: `^(off|insecure|verify +${SUBDOMAIN})$`}),
  codes: () => ({type: 'string', pattern: '^[a-z-]+([ ,]+[a-z-]+)*$'}),
}

export function annotationsSchema(): Schema {
  const isService = {
    properties: {apiVersion: {const: 'v1'}, kind: {const: 'Service'}},
    required: ['apiVersion', 'kind'],
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Kubernetes manifests with annotations for lbex',
    if: isService,
    then: {properties: {metadata: {properties: {annotations: {$ref: '#/definitions/annotations'}}}}},
    definitions: {annotations: annotations()},
  }
}

function annotations(): Schema {
  const [whole, prefixes] = [ANNOTATION_ENTRIES.filter(({key}) => !key.endsWith('/')), [ANNOTATIONS.port]]
  const perPort = whole.filter((entry) => entry.perPort)
  return {
    type: 'object',
    properties: Object.fromEntries(whole.map((entry) => [entry.key, schemaOf(entry)])),
    patternProperties: {
      ...Object.fromEntries(prefixes.map((entry) => [`^${escaped(entry.key)}.`, schemaOf(entry)])),
      ...Object.fromEntries(perPort.map((entry) => [`^${escaped(entry.key)}\\.`, schemaOf(entry)])),
      [unknownKeys(whole, perPort)]: false,
    },
    additionalProperties: {type: 'string'},
  }
}

function schemaOf(entry: AnnotationEntry): Schema {
  const {kind, description, fallback, deprecatedFor} = entry
  return {
    description: deprecatedFor ? `${description} Deprecated: write ${deprecatedFor}.` : description,
    ...FORMS[kind](entry),
    ...(fallback !== undefined && {default: fallback}),
    ...(deprecatedFor && {deprecated: true}),
  }
}

/** Every key in a domain of ours that the table does not have. */
function unknownKeys(whole: readonly AnnotationEntry[], perPort: readonly AnnotationEntry[]): string {
  const known = whole.map(({key}) => key).filter((key) => key.includes('.lbex/'))
  const ours = [
    ...known.map((key) => `${escaped(key)}$`),
    ...perPort.map(({key}) => `${escaped(key)}\\.`),
    escaped(ANNOTATIONS.port.key),
  ]
  return `^(?!${ours.join('|')})[^/]*\\.lbex/`
}

function escaped(key: string): string {
  return key.replaceAll('.', '\\.')
}
