/** Reads and checks the metadata of objects: name, namespace, labels and annotations. */
import {quote} from '../../diagnostics/rule.js'
import type {ObjectRef} from '../../diagnostics/diagnostic.js'
import {isMapping, type Field} from './fields.js'
import {
  annotationKeyProblem,
  labelProblem,
  labelValueProblem,
  qualifiedNameProblem,
  subdomainProblem,
} from './names.js'

/** The name, in messages, of an object without one. */
export const UNNAMED = '(unnamed)'

export type NamespacedRef = ObjectRef & {readonly namespace: string}

/** Also for an object with invalid metadata. */
export function namespacedRef(kind: string, object: unknown): NamespacedRef {
  return {kind, namespace: metadataText(object, 'namespace') ?? 'default', name: nameOf(object)}
}

export function clusterRef(kind: string, object: unknown): ObjectRef {
  return {kind, name: nameOf(object)}
}

function nameOf(object: unknown): string {
  return metadataText(object, 'name') ?? UNNAMED
}

function metadataText(object: unknown, key: 'name' | 'namespace'): string | undefined {
  const metadata = isMapping(object) ? object.metadata : undefined
  const value = isMapping(metadata) && Object.hasOwn(metadata, key) ? metadata[key] : undefined
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export type ManifestMetadata = {
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  /** Set by the API server: absent in an object that is not from a cluster. */
  readonly uid?: string
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
}

/** `nameProblem`: the rule for names of this kind. */
export function readMetadata(object: Field, nameProblem = subdomainProblem): ManifestMetadata {
  const metadata = object.get('metadata').mapping()
  checkName(metadata.get('name'), nameProblem)
  checkNamespace(metadata.get('namespace'))
  metadata.get('finalizers').items().forEach(checkFinalizer)
  return {
    labels: readLabels(metadata.get('labels')),
    annotations: readAnnotations(metadata.get('annotations')),
    uid: metadata.get('uid').string() || undefined,
    creationTimestamp: readTimestamp(metadata.get('creationTimestamp')),
    deletionTimestamp: readTimestamp(metadata.get('deletionTimestamp')),
  }
}

function checkName(field: Field, nameProblem: (text: string) => string | undefined): void {
  if (field.isAbsent || field.value === '') return field.missing()
  const text = field.string()
  const problem = text === undefined ? undefined : nameProblem(text)
  if (problem) field.invalid(problem)
}

function checkNamespace(field: Field): void {
  const text = field.string() || undefined
  const problem = text === undefined ? undefined : labelProblem(text)
  if (problem) field.invalid(problem)
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

function checkFinalizer(field: Field): void {
  const text = field.string()
  if (text === undefined || STANDARD_FINALIZERS.has(text)) return
  const problem = qualifiedNameProblem(text)
  if (problem) field.invalid(problem)
  else if (!text.includes('/')) field.invalid(`must have a domain, as in example.com/${text}`)
}

/** Labels, or a selector of labels. */
export function readLabels(field: Field): Record<string, string> {
  const labels = field.stringMap()
  for (const [key, value] of field.entries()) {
    const [keyProblem, problem] = [qualifiedNameProblem(key), labelValueProblem(labels[key] ?? '')]
    if (keyProblem) value.invalid(keyProblem, 'key')
    if (problem) value.invalid(problem)
  }
  return labels
}

function readAnnotations(field: Field): Record<string, string> {
  const annotations = Object.fromEntries(
    field.entries().map(([key, value]) => [key, readAnnotation(key, value)]),
  )
  const size = Buffer.byteLength(Object.entries(annotations).flat().join(''))
  if (size > MAX_ANNOTATION_BYTES)
    field.invalid(`must have at most ${MAX_ANNOTATION_BYTES} bytes with their keys, these have ${size}`)
  return annotations
}

/** TotalAnnotationSizeLimitB of k8s.io/apimachinery. */
const MAX_ANNOTATION_BYTES = 256 * 1024

/** As in the API server, null is an empty string. */
function readAnnotation(key: string, field: Field): string {
  const problem = annotationKeyProblem(key)
  if (problem) field.invalid(problem, 'key')
  if (field.isAbsent) return ''
  if (typeof field.value === 'string') return field.value
  field.annotationNotString()
  return field.source()
}

/** RFC 3339, as for all times of Kubernetes. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)$/

function readTimestamp(field: Field): string | undefined {
  const text = field.string()
  if (text === undefined) return undefined
  if (TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text))) return text
  field.invalid(`must be a time like 2030-01-31T12:00:00Z, this is ${quote(text)}`)
  return undefined
}
