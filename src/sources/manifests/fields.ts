/**
 * Typed readers for the fields of one object. Null is the same as absent, as for the API server. An invalid value is reported,
 * and the best guess is returned, so that other checks can continue.
 */
import {quote} from '../../diagnostics/rule.js'
import {describeField, type FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'

/** `report` takes the findings of one object, `sourceOf` returns the text of a field. */
export type ObjectReading = {
  readonly report: ReportDiagnostic
  readonly sourceOf: (field: FieldPath) => string
}

export type IntegerRange = {readonly from: number; readonly to: number}

export class Field {
  /** Undefined if the field is absent or null. */
  readonly value: unknown

  constructor(
    value: unknown,
    readonly path: FieldPath,
    private readonly reading: ObjectReading,
  ) {
    this.value = value ?? undefined
  }

  get isAbsent(): boolean {
    return this.value === undefined
  }

  /** The field below; absent if this is not a mapping, or does not have the key. */
  get(key: string): Field {
    const value = isMapping(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined
    return this.below(key, value)
  }

  /** This field, if it is a mapping or absent. Anything else is reported, and missing fields below it are not. */
  mapping(): Field {
    if (this.isAbsent || isMapping(this.value)) return this
    this.wrongType('a mapping')
    return new Field(undefined, this.path, {...this.reading, report: () => {}})
  }

  entries(): [key: string, value: Field][] {
    const {value} = this.mapping()
    return isMapping(value) ? Object.entries(value).map(([key, child]) => [key, this.below(key, child)]) : []
  }

  /** The members of a list. */
  items(): Field[] {
    if (Array.isArray(this.value)) return this.value.map((value, index) => this.below(index, value))
    if (!this.isAbsent) this.wrongType('a list')
    return []
  }

  string(): string | undefined {
    if (this.value === undefined || typeof this.value === 'string') return this.value
    this.wrongType('a string')
    return typeof this.value === 'object' ? undefined : this.source()
  }

  boolean(): boolean | undefined {
    if (this.isAbsent) return undefined
    if (typeof this.value === 'boolean') return this.value
    this.wrongType('a boolean')
    return undefined
  }

  /** An integer. One outside the range is reported, and treated as absent. */
  integer({from, to}: IntegerRange): number | undefined {
    if (this.isAbsent) return undefined
    if (!Number.isInteger(this.value)) this.wrongType('an integer')
    const number = this.asNumber()
    if (number === undefined || (number >= from && number <= to)) return number
    this.invalid(`must be from ${from} to ${to}, this is ${number}`)
    return undefined
  }

  /**
   * One of the allowed values. Another one is reported; the result is the allowed value that differs only in case, else the text
   * itself. `empty`: what an empty text is.
   */
  oneOf(allowed: readonly string[], empty: 'absent' | 'invalid' = 'absent'): string | undefined {
    const text = this.string()
    if (text === undefined || (text === '' && empty === 'absent')) return undefined
    if (allowed.includes(text)) return text
    this.invalid(`must be one of ${allowed.join(', ')}, this is ${quote(text)}`)
    return allowed.find((other) => other.toLowerCase() === text.toLowerCase()) ?? text
  }

  strings(): string[] {
    return this.items().flatMap((item) => item.string() ?? [])
  }

  stringMap(): Record<string, string> {
    return Object.fromEntries(this.entries().map(([key, value]) => [key, value.string() ?? value.source()]))
  }

  /** The text of the value. */
  source(): string {
    return this.reading.sourceOf(this.path)
  }

  /** Describes the value: `the number 8080`. */
  describe(): string {
    if (Array.isArray(this.value)) return 'a list'
    return typeof this.value === 'object' ? 'a mapping' : `the ${typeof this.value} ${excerpt(this.source())}`
  }

  wrongType(expected: string): void {
    this.reading.report('wrong-type', {field: this.path, args: {expected, actual: this.describe()}})
  }

  missing(): void {
    this.reading.report('missing-field', {field: this.path, args: {field: describeField(this.path)}})
  }

  invalid(problem: string, on: 'key' | 'value' = 'value'): void {
    this.reading.report('invalid-field', {field: this.path, on, args: {problem}})
  }

  /** Reports a key that Kubernetes does not know here. */
  unknown(key: string, known: readonly string[]): void {
    this.reading.report('unknown-field', {field: this.path, on: 'key', args: {key, known}})
  }

  /** Reports a field that only the API server sets, in an object that was not applied yet. */
  setByServer(): void {
    this.reading.report('server-set-field', {
      field: this.path,
      on: 'key',
      args: {field: describeField(this.path)},
    })
  }

  /** Reports the value of an annotation that is not a string: kubectl sends it as it is, and the API server rejects it. */
  annotationNotString(): void {
    const text = typeof this.value === 'object' ? undefined : this.source()
    const quoted = text === undefined ? 'one string in quotes' : quote(text)
    const args = {actual: this.describe(), quoted, ...(text !== undefined && {text})}
    this.reading.report('annotation-not-string', {field: this.path, args})
  }

  /** Accepts a number in quotes, which is invalid but clear. */
  private asNumber(): number | undefined {
    if (typeof this.value === 'string') return /^\d+$/.test(this.value) ? Number(this.value) : undefined
    return Number.isInteger(this.value) ? (this.value as number) : undefined
  }

  private below(part: string | number, value: unknown): Field {
    return new Field(value, [...this.path, part], this.reading)
  }
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Shortens a text to fit into a message. */
function excerpt(text: string): string {
  const line = text.split(/\r?\n/)[0] ?? ''
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 57)}...` : line
}

/** `values` without keys that are undefined. */
export function present<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
