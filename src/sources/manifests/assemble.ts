/** Combines everything that was read into one reading. */
import {describeObject, diagnose, type Diagnostic, type Subject} from '../../diagnostics/diagnostic.js'
import {COMPLETE, type Coverage} from '../../core/cluster/snapshot.js'
import type {SnapshotReading} from '../snapshot-source.js'
import type {ObjectLists} from './kinds.js'
import {locateDiagnostics, type FindDocument} from './locate.js'
import type {ManifestFile} from './manifest-file.js'
import {UNNAMED} from './metadata.js'
import {mergeStatusAddresses} from './status-addresses.js'
import type {PlacedDocument} from './placed-document.js'
import type {ManifestObject} from './read-document.js'

/** Whether the files describe a whole cluster, or hold manifests that were not applied yet. */
export type CoverageMode = 'complete' | 'partial'

export type Contents = {
  readonly objects: readonly ManifestObject[]
  readonly diagnostics: readonly Diagnostic[]
  readonly find: FindDocument
}

export function assemble(files: readonly ManifestFile[], mode: CoverageMode): SnapshotReading {
  const diagnostics = files.flatMap((file) => file.diagnostics)
  return assembleContents({objects: objectsOf(files), diagnostics, find: documentFinder(files)}, mode)
}

export function assembleContents(
  {objects, diagnostics, find}: Contents,
  mode: CoverageMode,
): SnapshotReading {
  const {kept, diagnostics: duplicates} = dropDuplicates(objects)
  const secrets = kept.flatMap((object) => object.lists.secrets ?? [])
  const statusAddresses = mergeStatusAddresses(kept.map(({lists}) => lists.statusAddresses))
  const lists: ObjectLists = {
    services: kept.flatMap(({lists}) => lists.services ?? []),
    endpointSlices: kept.flatMap(({lists}) => lists.endpointSlices ?? []),
    endpoints: kept.flatMap(({lists}) => lists.endpoints ?? []),
    nodes: kept.flatMap(({lists}) => lists.nodes ?? []),
    ...(secrets.length > 0 && {secrets}),
    ...(statusAddresses && {statusAddresses}),
  }
  return {
    snapshot: {...lists, coverage: coverageOf(lists, mode)},
    diagnostics: [...diagnostics, ...duplicates],
    locate: (found) => locateDiagnostics(found, find),
  }
}

export function objectsOf(files: readonly ManifestFile[]): ManifestObject[] {
  return files.flatMap(({documents}) => documents.flatMap(({contents}) => contents.objects))
}

/** If the manifests have one Node, they have them all. EndpointSlices and allocations by the API server come later. */
function coverageOf({nodes}: ObjectLists, mode: CoverageMode): Coverage {
  if (mode === 'complete') return COMPLETE
  return {nodes: nodes.length > 0, endpointSlices: false, allocations: false, unknownSecrets: true}
}

/** As with `kubectl apply`, the last definition of an object wins. */
function dropDuplicates(objects: readonly ManifestObject[]): {
  kept: ManifestObject[]
  diagnostics: Diagnostic[]
} {
  const last = new Map<string, ManifestObject>()
  const diagnostics: Diagnostic[] = []
  for (const object of objects) {
    const name = describeObject(object.subject.ref)
    const earlier = last.get(name)
    if (object.subject.ref.name === UNNAMED) continue
    if (earlier) diagnostics.push(duplicateObject(object.subject, earlier.subject))
    last.set(name, object)
  }
  const isLast = ({subject}: ManifestObject): boolean =>
    (last.get(describeObject(subject.ref))?.subject ?? subject) === subject
  return {kept: objects.filter(isLast), diagnostics}
}

const NAME = ['metadata', 'name']

function duplicateObject(subject: Subject, earlier: Subject): Diagnostic {
  return diagnose('duplicate-object', {
    subject,
    field: NAME,
    args: {object: describeObject(subject.ref)},
    related: [{message: 'previously defined here', object: earlier.ref, field: NAME, origin: earlier.origin}],
  })
}

type Documents = Pick<ManifestFile, 'file' | 'documents'>

/** Finds the document of an origin in these files. The documents of a file are accessed only when one of them is needed. */
export function documentFinder(files: readonly Documents[]): FindDocument {
  const byFile = new Map(files.map((one) => [one.file, one]))
  const known = new Map<string, ReadonlyMap<number, PlacedDocument>>()
  return ({file, document}) => {
    const documents = byFile.get(file)?.documents
    const placed = known.get(file) ?? new Map(documents?.map((one) => [one.id, one.placed]))
    known.set(file, placed)
    return placed.get(document)
  }
}
