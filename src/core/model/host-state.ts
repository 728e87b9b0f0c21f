/** What is known of this host at the moment: the second input of the translator, beside the snapshot of the cluster. */
import type {BindError} from '../../diagnostics/bind-error.js'

export type HostState = {
  /** Listeners that this host cannot have at the moment, by listenerId. They are skipped and reported. */
  readonly unavailable: ReadonlyMap<string, BindError>
  /**
   * Addresses that this host has: an endpoint at one of them may be a listener of this lbex. Pass the same set as long as
   * they stay the same: another set costs planning every Service again.
   */
  readonly addresses: ReadonlySet<string>
}

/** For callers that do not look at the host: every listener is available, and no address is known. */
export const HOST_NOT_ASKED: HostState = {unavailable: new Map(), addresses: new Set()}
