/** An ignore is a request of the author not to report certain findings of `lbex check`. Sources read it, lint applies it. */
import type {FieldPath, Location, ObjectRef, Subject} from './diagnostic.js'

export type Ignore = {
  /** Codes, which may not exist; empty to ignore every finding. */
  readonly codes: readonly string[]
  readonly scope: IgnoreScope
  /** Where the ignore itself is written. */
  readonly subject: Subject
  readonly field?: FieldPath
  readonly location?: Location
}

/** Lines of a file (both ends inclusive), or one object. */
export type IgnoreScope =
  {readonly file: string; readonly fromLine: number; readonly toLine: number} | {readonly object: ObjectRef}

/** `a, b c` as three codes. */
export function codesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((code) => code !== '')
}
