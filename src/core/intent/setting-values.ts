/**
 * Readers of settings. An invalid value of a setting that guards is an error, which closes the port; that of another setting is
 * a warning, and the default applies.
 */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {formatRange, parseNetwork} from '../cluster/address-range.js'
import type {Service} from '../cluster/objects.js'
import type {AnnotationEntry} from './annotation-entry.js'
import {annotationField} from './values.js'

type Annotated = Pick<Service, 'annotations'>

/** Each sender is a line of the configuration of each port, twice. */
const MOST_SENDERS = 64

/** Canonical CIDR ranges, sorted; undefined if one is invalid, or if there are more than 64. */
export function parseSenders(text: string): readonly string[] | undefined {
  const texts = text.split(',')
  if (texts.length > MOST_SENDERS) return undefined
  const ranges = texts.map((each) => parseNetwork(each.trim()))
  const valid = ranges.filter((range) => range !== undefined)
  if (valid.length < ranges.length) return undefined
  return [...new Set(valid.map((range) => formatRange(range)))].sort()
}

/** True if the setting can have this value. */
export function isValidSetting(entry: AnnotationEntry, text: string): boolean {
  if (entry.canBeOff && text === OFF) return true
  return entry.kind === 'ranges' ? parseSenders(text) !== undefined : entry.values.includes(text)
}

/** The form of the values, as a phrase. */
export function formOf({kind, values, form}: AnnotationEntry): string {
  return kind === 'enum' ? `one of ${values.join(', ')}` : form.replaceAll('`', '')
}

const OFF = 'off'

type GuardEntry = AnnotationEntry & {readonly values: readonly string[]; readonly fallback: string}

/** A setting with a fixed set of values. If it is absent, or invalid (which is reported), the default is returned. */
export function readGuard<E extends GuardEntry>(
  service: Annotated,
  entry: E,
  report: ReportDiagnostic,
): E['values'][number] {
  const value = service.annotations[entry.key] ?? entry.fallback
  if (entry.values.includes(value)) return value
  reportInvalid(value, entry, report)
  return entry.fallback
}

/** The ranges of a setting. Undefined if it is absent, off, or invalid (which is reported). */
export function readSenders(
  service: Annotated,
  entry: AnnotationEntry,
  report: ReportDiagnostic,
): readonly string[] | undefined {
  const value = service.annotations[entry.key] ?? OFF
  if (value === OFF) return undefined
  const ranges = parseSenders(value)
  if (!ranges) reportInvalid(value, entry, report)
  return ranges
}

function reportInvalid(value: string, entry: AnnotationEntry, report: ReportDiagnostic): void {
  const args = {value, form: formOf(entry), isValid: (text: string) => isValidSetting(entry, text)}
  report('guard-invalid', {field: annotationField(entry.key), args})
}
