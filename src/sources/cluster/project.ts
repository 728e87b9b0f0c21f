/** Helpers of the projections. */
import type {ObjectRef} from '../../diagnostics/diagnostic.js'
import type {ApiMetadata} from './api-types.js'

export function namespacedRef(
  kind: string,
  {namespace = 'default', name}: ApiMetadata,
): ObjectRef & {readonly namespace: string} {
  return {kind, namespace, name}
}

/** Deletes the keys that are undefined, so that equal objects have the same keys. */
export function present<T extends object>(values: T): T {
  for (const key of Object.keys(values) as (keyof T)[]) if (values[key] === undefined) delete values[key]
  return values
}
