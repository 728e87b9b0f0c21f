/** GET, POST, PUT, PATCH and DELETE of one object. */
import {isDeepStrictEqual} from 'node:util'
import {type History, type Manifest, type Stored} from './history.js'
import {mergePatch} from './merge-patch.js'
import type {Target} from './resources.js'
import {otherUid, refusal, type Refusal} from './status.js'

export type ObjectRequest = {
  readonly method: string
  readonly target: Target
  /** The header Content-Type. */
  readonly type?: string | undefined
  /** The parameter fieldManager. */
  readonly manager?: string | undefined
}

export function answerObject(history: History, request: ObjectRequest, body: string): Stored | Refusal {
  const {method, target, manager = 'unknown'} = request
  const {resource, namespace} = target
  const sent = body === '' ? undefined : (JSON.parse(body) as Manifest)
  const name = target.name ?? sent?.metadata.name ?? ''
  const known = history.get(resource.kind, namespace, name)
  if (method === 'POST') {
    const message = `${resource.plural} "${name}" already exists`
    return known ? refusal(409, 'AlreadyExists', message) : history.put(placed(sent, target, name))
  }
  if (!known) return refusal(404, 'NotFound', `${resource.plural} "${name}" not found`)
  if (method === 'GET') return known
  if (method === 'DELETE') return remove(history, known)
  if (method === 'PUT') return replace(history, known, {target, manager}, placed(sent, target, name))
  if (request.type !== 'application/merge-patch+json') {
    return refusal(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format: ${request.type}`,
    )
  }
  const patched = placed(mergePatch(known, sent) as Manifest, target, name)
  const isOther = patched.metadata['uid'] !== known.metadata.uid && isLast(known, patched)
  if (isOther) return otherUid(resource, name, String(patched.metadata['uid']))
  return replace(history, known, {target, manager}, patched)
}

function placed(sent: Manifest | undefined, {resource, namespace}: Target, name: string): Manifest {
  const place = {name, ...(namespace !== undefined && {namespace})}
  return {...sent, kind: resource.kind, metadata: {...sent?.metadata, ...place}}
}

/** An object with finalizers stays until the last of them is taken away. */
function remove(history: History, known: Stored): Stored {
  if (!hasFinalizers(known)) {
    history.remove(known)
    return known
  }
  return history.put({...known, metadata: {...known.metadata, deletionTimestamp: '2030-01-31T13:00:00Z'}})
}

function hasFinalizers({metadata}: Manifest): boolean {
  return Array.isArray(metadata['finalizers']) && metadata['finalizers'].length > 0
}

/** A client that says which version is to be replaced is refused if that is no longer the last one. */
function replace(
  history: History,
  known: Stored,
  {target, manager}: Pick<ObjectRequest, 'target' | 'manager'>,
  wanted: Manifest,
): Stored | Refusal {
  if (!isLast(known, wanted)) {
    const message =
      'the object has been modified; please apply your changes to the latest version and try again'
    return refusal(409, 'Conflict', `Operation cannot be fulfilled on "${known.metadata.name}": ${message}`)
  }
  const object = withPartOf(known, wanted, target)
  if (isUnchanged(known, object)) return known
  const isGone = known.metadata['deletionTimestamp'] !== undefined && !hasFinalizers(object)
  const stored = history.put(object, manager)
  if (isGone) history.remove(stored)
  return stored
}

function isLast({metadata}: Stored, {metadata: {resourceVersion}}: Manifest): boolean {
  return resourceVersion === undefined || resourceVersion === metadata.resourceVersion
}

/** Kinds whose status is changed by the subresource alone. */
const HAS_STATUS: ReadonlySet<string> = new Set(['Service', 'Node'])

/** The subresource changes only the status, and a change of the whole never does. */
function withPartOf(known: Stored, wanted: Manifest, {resource, subresource}: Target): Manifest {
  if (subresource !== undefined) return {...known, status: wanted['status']}
  return HAS_STATUS.has(resource.kind) ? {...wanted, status: known['status']} : wanted
}

/** As on a real server, where a change that changes nothing makes no new version. */
function isUnchanged(known: Stored, object: Manifest): boolean {
  const {kind, apiVersion, metadata} = known
  const {uid, resourceVersion, creationTimestamp} = metadata
  const served = {uid, resourceVersion, creationTimestamp}
  const changed = {...object, kind, apiVersion, metadata: {...object.metadata, ...served}}
  return isDeepStrictEqual(JSON.parse(JSON.stringify(changed)), JSON.parse(JSON.stringify(known)))
}
