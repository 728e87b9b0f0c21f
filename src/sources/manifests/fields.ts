/**
 * Typed readers for the fields of one object. What is absent or null is undefined, as it is for the API server; what is
 * wrong becomes a finding, and is read as well as it can be, so that further checks go on.
 */
import {quote} from '../../diagnostics/rule.js'
import {describeField, type FieldPath} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'

/** Where the findings of one object go, and how a field of it is written in its text. */
export type ObjectReading = {readonly report: ReportDiagnostic; readonly sourceOf: (field: FieldPath) => string}

export type IntegerRange = {readonly from: number; readonly to: number}

export class Field {
  /** Undefined when the field is absent, or null. */
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

  /** The field below; absent where this is no mapping, or has no such key. */
  get(key: string): Field {
    const value = isMapping(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined
    return this.below(key, value)
  }

  /** This field, if it is a mapping or absent; anything else is reported, and nothing more is said about what it lacks. */
  mapping(): Field {
    if (this.isAbsent || isMapping(this.value)) return this
    this.wrongType('a mapping')
    return new Field(undefined, this.path, {...this.reading, report: () => {}})
  }

  entries(): [key: string, value: Field][] {
    const {value} = this.mapping()
    return isMapping(value) ? Object.entries(value).map(([key, child]) => [key, this.below(key, child)]) : []
  }

  /** The members of a list, in their places. */
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

  /** An integer; one outside the range is reported, and read as absent. */
  integer({from, to}: IntegerRange): number | undefined {
    if (this.isAbsent) return undefined
    if (!Number.isInteger(this.value)) this.wrongType('an integer')
    const number = this.asNumber()
    if (number === undefined || (number >= from && number <= to)) return number
    this.invalid(`must be from ${from} to ${to}, this is ${number}`)
    return undefined
  }

  /** One of the allowed values. Another one is reported, and read as the one that differs in case only, else as it is. */
  oneOf(allowed: readonly string[]): string | undefined {
    const text = this.string()
    if (text === undefined || text === '') return undefined
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

  /** How the value is written. */
  source(): string {
    return this.reading.sourceOf(this.path)
  }

  /** The value in words: `the number 8080`. */
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

  /** A key that Kubernetes does not know here. */
  unknown(key: string, known: readonly string[]): void {
    this.reading.report('unknown-field', {field: this.path, on: 'key', args: {key, known}})
  }

  /** A field that the API server sets, in an object that no API server has accepted. */
  setByServer(): void {
    this.reading.report('server-set-field', {
      field: this.path,
      on: 'key',
      args: {field: describeField(this.path)},
    })
  }

  /** A value of an annotation that is no string: the API server refuses it, and kubectl does not put it in quotes. */
  annotationNotString(): void {
    const text = typeof this.value === 'object' ? undefined : this.source()
    const quoted = text === undefined ? 'one string in quotes' : quote(text)
    const args = {actual: this.describe(), quoted, ...(text !== undefined && {text})}
    this.reading.report('annotation-not-string', {field: this.path, args})
  }

  /** A number in quotes is wrong, and yet it is plain what was meant. */
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

/** A text that fits into a sentence. */
function excerpt(text: string): string {
  const line = text.split(/\r?\n/)[0] ?? ''
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 57)}...` : line
}

/** `values` without those that are undefined, so that absent stays absent. */
export function present<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
