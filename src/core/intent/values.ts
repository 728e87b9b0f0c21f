/** Readers of single annotation values. Each returns a typed value, or reports an invalid value and returns the default. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import {nearest} from '../../diagnostics/nearest.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {parseIp} from '../cluster/ip-address.js'
import type {Service} from '../cluster/objects.js'
import {type ANNOTATIONS} from './annotations.js'

export type LeastTimeMethod = (typeof ANNOTATIONS.method.values)[number]

/** The field path of an annotation. */
export function annotationField(key: string): FieldPath {
  return ['metadata', 'annotations', key]
}

type EnumEntry = {readonly key: string; readonly values: readonly string[]; readonly fallback: string}

/** The value of an enum. If it is absent, or invalid (which is reported), the default is returned. */
export function readEnum<E extends EnumEntry>(
  service: Service,
  entry: E,
  report: ReportDiagnostic,
): E['values'][number] {
  const value = service.annotations[entry.key]
  if (value === undefined || entry.values.includes(value)) return value ?? entry.fallback
  report('value-unknown', {
    field: annotationField(entry.key),
    args: {value, allowed: entry.values, fallback: entry.fallback, nearest: nearest(value, entry.values)},
  })
  return entry.fallback
}

/** https://pkg.go.dev/strconv#ParseBool, which lbex 1.x used. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
}

/** A boolean. If it is absent, or invalid (which is reported), false is returned. */
export function readBoolean(service: Service, key: string, report: ReportDiagnostic): boolean {
  const value = service.annotations[key]
  if (value === undefined) return false
  if (Object.hasOwn(BOOLEANS, value)) return BOOLEANS[value] === true
  report('boolean-invalid', {field: annotationField(key), args: {value, fallback: false}})
  return false
}

/** An IP address in canonical form. Undefined if it is absent, or invalid (which is reported). */
export function readAddress(service: Service, key: string, report: ReportDiagnostic): string | undefined {
  const value = service.annotations[key]
  if (value === undefined) return undefined
  const address = parseIp(value)?.address
  if (address === undefined) report('resolver-invalid', {field: annotationField(key), args: {value}})
  return address
}

/** An integer from 1 to 65535 in plain decimal digits, otherwise undefined. */
export function parsePort(text: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) && isPortNumber(Number(text)) ? Number(text) : undefined
}

export function isPortNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535
}

/** A non-empty Kubernetes label value. */
export function isPoolName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)
}

/** The name of an address of the host, an RFC 1035 label: it cannot be confused with an IP address. */
export function isAddressName(text: string): boolean {
  return /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)
}
