/** Who wrote the ingress of a Service: the only part of metadata.managedFields that the double keeps. */
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
  const before = known?.metadata['managedFields'] as readonly Entry[] | undefined
  const ingress = ingressOf(written)
  if (written.kind !== 'Service' || isDeepStrictEqual(ingress, ingressOf(known))) return before
  if (manager === undefined || ingress.length === 0) return undefined
  const type = {operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', subresource: 'status'}
  return [{manager, ...type, fieldsV1: FIELDS} as Entry]
}

function ingressOf(object: Manifest | undefined): readonly unknown[] {
  const status = object?.['status'] as {loadBalancer?: {ingress?: readonly unknown[]}} | undefined
  return status?.loadBalancer?.ingress ?? []
}
