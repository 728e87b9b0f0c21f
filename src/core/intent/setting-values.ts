/**
 * Readers of settings. An invalid value of a setting that guards is an error, which closes the port; that of another setting is
 * a warning, and the default applies.
 */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {formatRange, parseNetwork} from '../cluster/address-range.js'
import type {Service} from '../cluster/objects.js'
import {formOf, type AnnotationEntry, type AnnotationKind} from './annotation-entry.js'
import {annotationField} from './values.js'

type Annotated = Pick<Service, 'annotations'>

/** Each sender is a line of the configuration of each port, twice. */
const MOST_SENDERS = 64

/** Canonical CIDR ranges, sorted; undefined if one is invalid, or if there are more than 64. */
function parseSenders(text: string): readonly string[] | undefined {
  const texts = text.split(',')
  if (texts.length > MOST_SENDERS) return undefined
  const ranges = texts.map((each) => parseNetwork(each.trim()))
  const valid = ranges.filter((range) => range !== undefined)
  if (valid.length < ranges.length) return undefined
  return [...new Set(valid.map((range) => formatRange(range)))].sort()
}

const UNITS: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}

/** Milliseconds from `500ms`, `30s`, `1h30m`, and `0`. */
function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(?:\d{1,9}(?:ms|s|m|h)){1,4}$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)([a-z]+)/g)]
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? 0), 0)
}

function parseCount(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined
}

const SIZES: Readonly<Record<string, number>> = {k: 1024, m: 1024 ** 2, g: 1024 ** 3}

/** Bytes from `1500000`, `512k`, `10m`: the forms of NGINX. */
function parseRate(text: string): number | undefined {
  const [, amount, unit = ''] = /^([1-9]\d{0,10})([kmg]?)$/i.exec(text) ?? []
  return amount === undefined ? undefined : Number(amount) * (SIZES[unit.toLowerCase()] ?? 1)
}

const NUMBERS: Partial<Record<AnnotationKind, (text: string) => number | undefined>> = {
  duration: parseDuration,
  count: parseCount,
  rate: parseRate,
}

/** A number in the range of the setting; otherwise undefined. */
export function parseNumber({kind, range}: AnnotationEntry, text: string): number | undefined {
  const value = NUMBERS[kind]?.(text)
  if (value === undefined || !range) return undefined
  const {least, most, step = 1} = range
  return value >= least && value <= most && value % step === 0 ? value : undefined
}

/** True if the setting can have this value. */
export function isValidSetting(entry: AnnotationEntry, text: string): boolean {
  if (entry.canBeOff && text === OFF) return true
  if (entry.parse) return entry.parse(text) !== undefined
  if (entry.range) return parseNumber(entry, text) !== undefined
  return entry.kind === 'ranges' ? parseSenders(text) !== undefined : entry.values.includes(text)
}

const OFF = 'off'

type ChoiceEntry = AnnotationEntry & {readonly values: readonly string[]; readonly fallback: string}

/** A setting with a fixed set of values. If it is absent, or invalid (which is reported), the default is returned. */
export function readChoice<E extends ChoiceEntry>(
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

/** Undefined if it is absent, or invalid (which is reported). */
function readNumber(
  service: Annotated,
  entry: AnnotationEntry,
  report: ReportDiagnostic,
): number | undefined {
  const value = service.annotations[entry.key]
  if (value === undefined || (entry.canBeOff && value === OFF)) return undefined
  const number = parseNumber(entry, value)
  if (number === undefined) reportInvalid(value, entry, report)
  return number
}

type TextEntry = AnnotationEntry & {readonly parse: (text: string) => unknown}

/** The parsed value of a text. Undefined if it is absent, or invalid (which is reported). */
export function readText<E extends TextEntry>(
  service: Annotated,
  entry: E,
  report: ReportDiagnostic,
): ReturnType<E['parse']> | undefined {
  const value = service.annotations[entry.key]
  if (value === undefined) return undefined
  const parsed = entry.parse(value) as ReturnType<E['parse']> | undefined
  if (parsed === undefined) reportInvalid(value, entry, report)
  return parsed
}

/** The numbers that are set, by the same names as their entries. */
export function readNumbers<const N extends string>(
  service: Annotated,
  entries: Readonly<Record<N, AnnotationEntry>>,
  report: ReportDiagnostic,
): Partial<Record<N, number>> {
  const found = Object.entries<AnnotationEntry>(entries).map(
    ([name, entry]) => [name, readNumber(service, entry, report)] as const,
  )
  return Object.fromEntries(found.filter(([, value]) => value !== undefined)) as Partial<Record<N, number>>
}

/** `field` has the value; it is the annotation for the whole Service unless it is given. */
export function reportInvalid(
  value: string,
  entry: AnnotationEntry,
  report: ReportDiagnostic,
  field = annotationField(entry.key),
): void {
  const args = {value, form: formOf(entry), isValid: (text: string) => isValidSetting(entry, text)}
  if (entry.guards) report('guard-invalid', {field, args})
  else report('setting-invalid', {field, args: {...args, fallback: entry.fallback}})
}
