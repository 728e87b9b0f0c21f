/** A cluster as scenarios see it: something that holds objects. What is behind it, a double or a real server, is not their business. */
import type {Manifest} from '../support/api-double/history.js'

export interface Cluster {
  /** Flags that lead lbex to it. */
  readonly access: readonly string[]

  /** Creates the objects, or replaces those of their names. */
  put(...objects: readonly Manifest[]): Promise<void>

  /** Removes the objects, as `kubectl delete --wait=false`: one with finalizers stays until they are gone. */
  remove(...objects: readonly Manifest[]): Promise<void>

  /** Changes some fields of an object, as `kubectl patch --type merge`: null removes a field, a list replaces a list. */
  patch(object: Manifest, change: object): Promise<void>

  /** All objects of a kind, in all namespaces. */
  all(kind: string): Promise<readonly Manifest[]>

  /** Kills the API server; what is returned starts it again, with all objects, and without the history of their changes. */
  killServer(): Promise<() => Promise<void>>

  /** Nothing that was put is left. */
  close(): Promise<void>
}

/** Opens an empty cluster; called once for each test. */
export type OpenCluster = () => Promise<Cluster>
