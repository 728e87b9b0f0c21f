/** Reads the objects of one document of a manifest file, and finds their problems. */
import {quote} from '../../diagnostics/rule.js'
import {
  diagnose,
  type Diagnostic,
  type FieldPath,
  type Origin,
  type Subject,
} from '../../diagnostics/diagnostic.js'
import {reporter} from '../../diagnostics/reporter.js'
import {isConfidential, withoutExcerpt} from './confidential-text.js'
import type {DuplicateKey} from './duplicate-keys.js'
import {Field, isMapping} from './fields.js'
import {kindOf, listDefaults, type ManifestKind, type MemberDefaults, type ObjectLists} from './kinds.js'
import {parseDocument} from './parse-document.js'
import type {YamlProblem} from './parse-yaml.js'
import type {PlacedDocument} from './placed-document.js'

export type ManifestObject = {readonly subject: Subject; readonly lists: Partial<ObjectLists>}

export type DocumentContents = {
  readonly objects: readonly ManifestObject[]
  readonly diagnostics: readonly Diagnostic[]
}

type Context = {
  readonly document: PlacedDocument
  readonly id: number
  readonly duplicates: readonly DuplicateKey[]
  /** The Lists that contain the value: with an alias, a List can contain itself. */
  readonly within: readonly unknown[]
}

const NOTHING: DocumentContents = {objects: [], diagnostics: []}

/** `id`: for the origins of the objects. `defaults`: the fields that a member of a List inherits. */
export function readDocument(
  document: PlacedDocument,
  id: number,
  defaults?: MemberDefaults,
): DocumentContents {
  const parsed = parseDocument(document.source.text)
  const context: Context = {document, id, duplicates: [], within: []}
  if ('problem' in parsed) return {objects: [], diagnostics: [syntaxError(parsed, context)]}
  return readValue(parsed.value, [], {...context, duplicates: parsed.duplicates}, defaults)
}

function syntaxError({problem: message, range}: YamlProblem, context: Context): Diagnostic {
  const location = context.document.locate(range)
  const {text} = context.document.source
  const isTemplate = text.includes('{{')
  const problem = isConfidential(text) ? withoutExcerpt(message) : message
  return diagnose('yaml-syntax', {subject: fileSubject(context), location, args: {problem, isTemplate}})
}

function readValue(
  value: unknown,
  path: FieldPath,
  context: Context,
  defaults?: MemberDefaults,
): DocumentContents {
  const kind = kindOf(value, defaults)
  if (kind) return readObject(value, path, kind, context, defaults)
  const members = listDefaults(value)
  if (members) return context.within.includes(value) ? NOTHING : readList(value, path, context, members)
  return value === undefined || value === null || isMapping(value)
    ? NOTHING
    : notAnObject(value, path, context)
}

function notAnObject(value: unknown, path: FieldPath, context: Context): DocumentContents {
  const diagnostics: Diagnostic[] = []
  fileField(value, path, context, diagnostics).wrongType('a Kubernetes object')
  return {objects: [], diagnostics}
}

function readList(
  value: unknown,
  path: FieldPath,
  context: Context,
  defaults: MemberDefaults,
): DocumentContents {
  const diagnostics = duplicatesIn(path, context)
    .filter(({path: key}) => key.length === path.length + 1)
    .map((duplicate) => duplicateKey(duplicate, fileSubject(context), duplicate.path, context))
  const items = fileField(value, path, context, diagnostics).get('items').items()
  const inside = {...context, within: [...context.within, value]}
  const members = items.map((item) => readValue(item.value, item.path, inside, defaults))
  return {
    objects: members.flatMap((member) => member.objects),
    diagnostics: [...diagnostics, ...members.flatMap((member) => member.diagnostics)],
  }
}

function readObject(
  value: unknown,
  path: FieldPath,
  kind: ManifestKind,
  context: Context,
  defaults?: MemberDefaults,
): DocumentContents {
  const {subject, project} = kind.open(value, originAt(path, context))
  const diagnostics = duplicatesIn(path, context).map((duplicate) =>
    duplicateKey(duplicate, subject, duplicate.path.slice(path.length), context),
  )
  const object = new Field(value, [], {
    report: reporter(subject, diagnostics),
    sourceOf: (field) => context.document.positions.sourceOf([...path, ...field]),
  })
  checkApiVersion(object, kind, defaults)
  return {objects: [{subject, lists: project(object, diagnostics)}], diagnostics}
}

/** An object of another API group was skipped before. In the core group, only known versions exist. */
function checkApiVersion(object: Field, {name, apiVersions}: ManifestKind, defaults?: MemberDefaults): void {
  const field = object.get('apiVersion')
  if (field.isAbsent && defaults?.apiVersion === undefined) field.missing()
  const text = field.string()
  if (text === undefined || apiVersions.includes(text)) return
  field.invalid(`must be ${apiVersions.join(' or ')} for a ${name}, this is ${quote(text)}`)
}

function duplicatesIn(path: FieldPath, {duplicates}: Context): DuplicateKey[] {
  return duplicates.filter((duplicate) => path.every((part, index) => duplicate.path[index] === part))
}

function duplicateKey(
  {first, last}: DuplicateKey,
  subject: Subject,
  field: FieldPath,
  {document}: Context,
): Diagnostic {
  const related = {
    message: 'first defined here',
    object: subject.ref,
    field,
    location: document.locate(first),
  }
  return diagnose('duplicate-key', {
    subject,
    field,
    on: 'key',
    location: document.locate(last),
    args: {key: String(field.at(-1))},
    related: [related],
  })
}

/** A field of the document itself, for findings outside of an object. */
function fileField(value: unknown, path: FieldPath, context: Context, found: Diagnostic[]): Field {
  const sourceOf = (field: FieldPath): string => context.document.positions.sourceOf(field)
  return new Field(value, path, {report: reporter(fileSubject(context), found), sourceOf})
}

function fileSubject(context: Context): Subject {
  return {ref: {kind: 'File', name: context.document.file}, origin: originAt([], context)}
}

function originAt(path: FieldPath, {document, id}: Context): Origin {
  return {file: document.file, document: id, path}
}
