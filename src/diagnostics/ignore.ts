/** What an author asks `lbex check` to ignore: a value that sources find, and that is applied to the findings. */
import type {FieldPath, Location, ObjectRef, Subject} from './diagnostic.js'

export type Ignore = {
  /** Codes, whether they exist or not; empty for every finding. */
  readonly codes: readonly string[]
  readonly scope: IgnoreScope
  /** Where it stands. */
  readonly subject: Subject
  readonly field?: FieldPath
  readonly location?: Location
}

/** Lines of a file (both ends included), or one object. */
export type IgnoreScope =
  {readonly file: string; readonly fromLine: number; readonly toLine: number} | {readonly object: ObjectRef}

/** `a, b c` as three codes. */
export function codesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((code) => code !== '')
}
