/** Who wrote the ingress of a Service: the only part of metadata.managedFields that the double maintains. */
import {isDeepStrictEqual} from 'node:util'
import type {Manifest} from './history.js'

type Entry = {readonly fieldsV1: unknown}

const FIELDS = {'f:status': {'f:loadBalancer': {'f:ingress': {}}}}

/**
 * The entries after a write by `manager`; undefined for one that the test made. As on a real server, a write that does not
 * change the ingress does not change its owner, and an empty ingress has none.
 */
export function managedFieldsAfter(
  known: Manifest | undefined,
  written: Manifest,
  manager: string | undefined,
): readonly Entry[] | undefined {
  const before = entriesOf(known)
  const entries = entriesOf(written) ?? before
  if (written.kind !== 'Service') return entries
  const others = (entries ?? []).filter((entry) => !isOwner(entry))
  const ingress = ingressOf(written)
  if (isDeepStrictEqual(ingress, ingressOf(known))) return [...others, ...(before ?? []).filter(isOwner)]
  if (manager === undefined || ingress.length === 0) return others
  const type = {operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', subresource: 'status'}
  return [...others, {manager, ...type, fieldsV1: FIELDS} as Entry]
}

function entriesOf(object: Manifest | undefined): readonly Entry[] | undefined {
  return object?.metadata['managedFields'] as readonly Entry[] | undefined
}

function isOwner({fieldsV1}: Entry): boolean {
  return isDeepStrictEqual(fieldsV1, FIELDS)
}

function ingressOf(object: Manifest | undefined): readonly unknown[] {
  const status = object?.['status'] as {loadBalancer?: {ingress?: readonly unknown[]}} | undefined
  return status?.loadBalancer?.ingress ?? []
}
