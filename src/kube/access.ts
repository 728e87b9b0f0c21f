/** Access to an API server, as the rest of lbex uses it. */
import type {ListPage, Permission, WatchEvent} from './answers.js'
import type {ApiResource, ResourceRequest} from './resource.js'

export type ListOptions = {
  /** Default: all. */
  readonly namespace?: string | undefined
  /** Maximum number of objects on a page. */
  readonly limit: number
  readonly continueToken?: string | undefined
}

export type WatchOptions = {
  /** Default: all. */
  readonly namespace?: string | undefined
  /** The watch begins after this version. */
  readonly resourceVersion: string
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number
}

/**
 * All methods reject with a Failure (mostly an ApiFailure), or with the reason of `signal`.
 */
export interface KubeAccess {
  /** The server and how the user configured the access, for messages. */
  readonly description: string
  /** One page of a list. */
  list(resource: ApiResource, options: ListOptions, signal: AbortSignal): Promise<ListPage>
  /**
   * Resolves when the server has accepted the watch. The events end when the server ends them; they throw an ApiFailure
   * for an ERROR event, when the connection breaks, and when no line comes for 90 s.
   */
  watch(resource: ApiResource, options: WatchOptions, signal: AbortSignal): Promise<AsyncIterable<WatchEvent>>
  /** Asks whether `attempt` would be allowed, without sending it. */
  review(attempt: ResourceRequest, signal: AbortSignal): Promise<Permission>
  /** The next request reads the credentials again. */
  forgetCredentials(): void
  close(): void
}
