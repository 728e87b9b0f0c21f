/** The current state of this host: the second input of the translator, besides the snapshot of the cluster. */
import type {BindError} from '../../diagnostics/bind-error.js'

export type HostState = {
  /** Why NGINX cannot listen, by listenerId. These listeners are skipped and reported. */
  readonly unavailable: ReadonlyMap<string, BindError>
  /**
   * The addresses that this host has: an endpoint with one of them may be a listener of this lbex. Pass the same Set object
   * while the addresses stay the same: a new object causes all Services to be planned again.
   */
  readonly addresses: ReadonlySet<string>
}

/** For callers that do not read the state of the host: every listener is available, and no address is known. */
export const UNKNOWN_HOST_STATE: HostState = {unavailable: new Map(), addresses: new Set()}
