/** POST, PUT and DELETE of one object, as a test that also runs on a real API server needs them. */
import {keyOf, type History, type Manifest} from './history.js'
import type {Target} from './resources.js'
import {refusal, type Refusal} from './status.js'

export function answerWrite(
  history: History,
  method: string,
  target: Target,
  body: string,
): object | Refusal {
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
  if (method === 'DELETE') history.remove(known)
  return method === 'DELETE' ? known : history.put(object)
}
