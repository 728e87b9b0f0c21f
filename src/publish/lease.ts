/** Converts coordination.k8s.io Leases between API objects and values. */
import {createHash} from 'node:crypto'
import type {RawObject} from '../kube/answers.js'
import {LEASE_RESOURCE} from '../kube/resource.js'

/** Namespace and name of a Lease. */
export type LeasePlace = {readonly namespace: string; readonly name: string}

export type LeaseSpec = {
  /** Empty if the holder has released it. */
  readonly holderIdentity: string
  readonly leaseDurationSeconds: number
  /** When the holder acquired and last renewed it, by the clock of the holder. */
  readonly acquireTime: string
  readonly renewTime: string
  readonly leaseTransitions: number
}

export type StoredLease = {
  readonly spec: Partial<LeaseSpec>
  readonly labels: Readonly<Record<string, unknown>>
  readonly annotations: Readonly<Record<string, unknown>>
  /** The object as the API server returned it, to be written back with another spec. */
  readonly object: RawObject
}

/** Treats a field with a wrong type as absent. */
export function readLease(object: RawObject): StoredLease {
  const metadata = recordOf(object['metadata'])
  const {holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions} = recordOf(
    object['spec'],
  )
  return {
    spec: {
      ...(typeof holderIdentity === 'string' && {holderIdentity}),
      ...(isCount(leaseDurationSeconds) && {leaseDurationSeconds}),
      ...(typeof acquireTime === 'string' && {acquireTime}),
      ...(typeof renewTime === 'string' && {renewTime}),
      ...(isCount(leaseTransitions) && {leaseTransitions}),
    },
    labels: recordOf(metadata['labels']),
    annotations: recordOf(metadata['annotations']),
    object,
  }
}

export function newLease({namespace, name}: LeasePlace, spec: LeaseSpec, metadata: object = {}): object {
  return {...typeOfLease(), metadata: {...metadata, namespace, name}, spec}
}

/** The Lease with another spec. Keeps the metadata, and fields that newer versions of Kubernetes add. */
export function leaseWith({object}: StoredLease, spec: LeaseSpec): object {
  return {...object, ...typeOfLease(), spec: {...recordOf(object['spec']), ...spec}}
}

/** Only a change of the spec renews a Lease; a new label does not. */
export function isSameSpec(a: StoredLease, b: StoredLease): boolean {
  const fields = [
    'holderIdentity',
    'leaseDurationSeconds',
    'acquireTime',
    'renewTime',
    'leaseTransitions',
  ] as const
  return fields.every((field) => a.spec[field] === b.spec[field])
}

/** The API's MicroTime: RFC 3339 with six fractional digits. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z')
}

/**
 * A valid part of an RFC 1123 name of at most 39 characters: readable, and unique for each `text` and `context`.
 */
export function nameFor(text: string, context = ''): string {
  const hash = createHash('sha256').update(`${context}\0${text}`).digest('hex').slice(0, 10)
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `${words.slice(0, 28).replace(/^-|-$/g, '') || 'x'}-${hash}`
}

function typeOfLease(): {readonly apiVersion: string; readonly kind: string} {
  const {group, version, kind} = LEASE_RESOURCE
  return {apiVersion: `${group}/${version}`, kind}
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? {...value} : {}
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0
}
