/** Adds lines and columns to diagnostics at the end, so that only documents with findings are parsed for positions. */
import type {Diagnostic, FieldPath, Location, Origin} from '../../diagnostics/diagnostic.js'
import type {PlacedDocument} from './placed-document.js'

/** Finds the document of an origin; undefined if it does not exist (any more). */
export type FindDocument = (origin: Origin) => PlacedDocument | undefined

/** A finding about an object as a whole is shown at its name. */
const WHOLE_OBJECT: FieldPath = ['metadata', 'name']

/** Adds a `location` to diagnostics and related places that have none, if their document is known. */
export function locateDiagnostics(diagnostics: readonly Diagnostic[], find: FindDocument): Diagnostic[] {
  return diagnostics.map((diagnostic) => ({
    ...located(diagnostic, find),
    ...(diagnostic.related && {related: diagnostic.related.map((related) => located(related, find))}),
  }))
}

type Locatable = {
  readonly field?: FieldPath
  readonly on?: 'key' | 'value'
  readonly origin?: Origin
  readonly location?: Location
}

function located<T extends Locatable>(finding: T, find: FindDocument): T {
  const {origin, field = WHOLE_OBJECT, on} = finding
  const document = finding.location || !origin ? undefined : find(origin)
  if (!origin || !document) return finding
  return {...finding, location: document.locateField([...origin.path, ...field], on)}
}
