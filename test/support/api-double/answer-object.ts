/** GET, POST, PUT and DELETE of one object, as a test that also runs on a real API server needs them. */
import {keyOf, type History, type Manifest, type Stored} from './history.js'
import type {Target} from './resources.js'
import {refusal, type Refusal} from './status.js'

export function answerObject(
  history: History,
  method: string,
  target: Target,
  body: string,
): Stored | Refusal {
  const {resource, namespace} = target
  const sent = body === '' ? undefined : (JSON.parse(body) as Manifest)
  const name = target.name ?? sent?.metadata.name ?? ''
  const place = {name, ...(namespace !== undefined && {namespace})}
  const known = history.get(resource.kind, namespace, name)
  const object = {...sent, kind: resource.kind, metadata: {...sent?.metadata, ...place}}
  if (method === 'POST') {
    return known ? refusal(409, 'AlreadyExists', `${keyOf(known)} already exists`) : history.put(object)
  }
  if (!known) return refusal(404, 'NotFound', `${resource.plural} "${name}" not found`)
  if (method === 'GET') return known
  if (method === 'DELETE') history.remove(known)
  return method === 'DELETE' ? known : replace(history, known, object)
}

/** A request with a resource version that is not the last one is refused. */
function replace(history: History, known: Stored, object: Manifest): Stored | Refusal {
  const {resourceVersion = known.metadata.resourceVersion} = object.metadata
  if (resourceVersion === known.metadata.resourceVersion) return history.put(object)
  const message =
    'the object has been modified; please apply your changes to the latest version and try again'
  return refusal(409, 'Conflict', `Operation cannot be fulfilled on "${known.metadata.name}": ${message}`)
}
