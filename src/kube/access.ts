/** Access to an API server, as the rest of lbex uses it. */
import type {ListPage, Permission, RawObject, WatchEvent} from './answers.js'
import type {ApiResource, ResourceRequest} from './resource.js'

export type ListOptions = {
  /** Default: all. */
  readonly namespace?: string | undefined
  /** Default: all objects. For example `app=web`. */
  readonly labelSelector?: string | undefined
  /** Maximum number of objects on a page. */
  readonly limit: number
  readonly continueToken?: string | undefined
}

export type WatchOptions = {
  /** Default: all. */
  readonly namespace?: string | undefined
  /** Default: all objects. */
  readonly name?: string | undefined
  /** The watch begins after this version. Absent: it begins with an event for each object that exists. */
  readonly resourceVersion?: string | undefined
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number
}

export type ObjectName = {
  readonly namespace?: string | undefined
  readonly name: string
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
export type PatchType =
  'application/merge-patch+json' | 'application/strategic-merge-patch+json' | 'application/json-patch+json'

export type WriteRequest = Omit<ResourceRequest, 'verb' | 'name'> & {
  readonly body: object
  /** Of a patch; default: a merge patch. */
  readonly contentType?: PatchType | undefined
  /** The name under which the API server notes who wrote the fields; default: from the header User-Agent. */
  readonly fieldManager?: string | undefined
} & (
    | {readonly verb: 'create'; readonly name?: undefined}
    | {readonly verb: 'update' | 'patch'; readonly name: string}
  )

/**
 * All methods reject with a Failure (mostly an ApiFailure), or with the reason of `signal`.
 */
export interface KubeAccess {
  /** The server and how the user configured the access, for messages. */
  readonly description: string
  /** Undefined until credentials were loaded. */
  readonly server: URL | undefined
  /** One page of a list. */
  list(resource: ApiResource, options: ListOptions, signal: AbortSignal): Promise<ListPage>
  /**
   * Resolves when the server has accepted the watch. The events end when the server ends them; they throw an ApiFailure
   * for an ERROR event, when the connection breaks, and when no line comes for 90 s.
   */
  watch(resource: ApiResource, options: WatchOptions, signal: AbortSignal): Promise<AsyncIterable<WatchEvent>>
  /** Undefined if the object does not exist. */
  get(resource: ApiResource, object: ObjectName, signal: AbortSignal): Promise<RawObject | undefined>
  /**
   * The object as it is after the change. Sent once: if the connection breaks before the answer, the API server may have made
   * the change or not, so the caller must compare before it tries again.
   */
  write(request: WriteRequest, signal: AbortSignal): Promise<RawObject>
  /** It is not an error if the object does not exist. */
  delete(resource: ApiResource, object: ObjectName, signal: AbortSignal): Promise<void>
  /** Asks whether `attempt` would be allowed, without sending it. */
  review(attempt: ResourceRequest, signal: AbortSignal): Promise<Permission>
  /** The next request reads the credentials again. */
  forgetCredentials(): void
  close(): void
}
