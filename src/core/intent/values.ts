/** Readers of single annotation values: each returns a typed value, or reports what is wrong and returns the default. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import {nearest} from '../../diagnostics/nearest.js'
import type {Report} from '../../diagnostics/reporter.js'
import {parseIp} from '../cluster/ip-address.js'
import type {Service} from '../cluster/objects.js'
import {type ANNOTATIONS} from './annotations.js'

export type LeastTimeMethod = (typeof ANNOTATIONS.method.values)[number]

/** The field path of an annotation. */
export function annotationField(key: string): FieldPath {
  return ['metadata', 'annotations', key]
}

type EnumEntry = {readonly key: string; readonly values: readonly string[]; readonly fallback: string}

/** The value of an enum, its default where absent; a value outside the set is reported and the default returned. */
export function readEnum<E extends EnumEntry>(
  service: Service,
  entry: E,
  report: Report,
): E['values'][number] {
  const value = service.annotations[entry.key]
  if (value === undefined || entry.values.includes(value)) return value ?? entry.fallback
  report('value-unknown', {
    field: annotationField(entry.key),
    args: {value, allowed: entry.values, fallback: entry.fallback, nearest: nearest(value, entry.values)},
  })
  return entry.fallback
}

/** https://pkg.go.dev/strconv#ParseBool, which the first lbex read booleans with. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
}

/** A boolean, false where absent; anything that is none is reported. */
export function readBoolean(service: Service, key: string, report: Report): boolean {
  const value = service.annotations[key]
  if (value === undefined) return false
  if (Object.hasOwn(BOOLEANS, value)) return BOOLEANS[value] === true
  report('boolean-invalid', {field: annotationField(key), args: {value, fallback: false}})
  return false
}

/** An IP address in its shortest form; anything else is reported and undefined. */
export function readAddress(service: Service, key: string, report: Report): string | undefined {
  const value = service.annotations[key]
  if (value === undefined) return undefined
  const address = parseIp(value)?.address
  if (address === undefined) report('resolver-invalid', {field: annotationField(key), args: {value}})
  return address
}

/** An integer from 1 to 65535 in plain decimal digits; undefined for everything else. */
export function parsePort(text: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) && isPortNumber(Number(text)) ? Number(text) : undefined
}

export function isPortNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535
}

/** The form of a Kubernetes label value that is not empty. */
export function isPoolName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)
}
