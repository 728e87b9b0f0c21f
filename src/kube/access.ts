/** Access to an API server: requests that end in an answer, or in a Failure that says why not. */
import type {ListPage, Permission, WatchEvent} from './answers.js'
import type {ApiResource, ResourceRequest} from './resource.js'

export type ListOptions = {
  /** Default: all. */
  readonly namespace?: string | undefined
  /** The most objects on a page. */
  readonly limit: number
  readonly continueToken?: string | undefined
}

export type WatchOptions = {
  /** Default: all. */
  readonly namespace?: string | undefined
  /** Changes after this are wanted. */
  readonly resourceVersion: string
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number
}

/**
 * All of it rejects with a Failure (most often an ApiFailure), or with the reason of `signal`.
 */
export interface KubeAccess {
  /** The server and what led there, in words. */
  readonly description: string
  /** One page of a list. */
  list(resource: ApiResource, options: ListOptions, signal: AbortSignal): Promise<ListPage>
  /**
   * Resolves when the server has accepted the watch. The events end when the server ends them; they throw an ApiFailure
   * for what the server says in an ERROR event, for a connection that breaks, and when no line comes for 90 s.
   */
  watch(resource: ApiResource, options: WatchOptions, signal: AbortSignal): Promise<AsyncIterable<WatchEvent>>
  /** Asks whether `attempt` would be allowed, without making it. */
  review(attempt: ResourceRequest, signal: AbortSignal): Promise<Permission>
  /** The next request reads the credentials again. */
  forgetCredentials(): void
  close(): void
}
