/** The current state of this host: the second input of the translator, besides the snapshot of the cluster. */
import type {Credential} from '../cluster/credentials.js'
import type {AllocationState} from '../addresses/allocation-state.js'
import type {BindError} from '../../diagnostics/bind-error.js'

export type HostState = {
  /** Why NGINX cannot listen, by listenerId. These listeners are skipped and reported. */
  readonly unavailable: ReadonlyMap<string, BindError>
  /**
   * The addresses that this host has: an endpoint with one of them may be a listener of this lbex. Pass the same Set object
   * while the addresses stay the same: a new object causes all Services to be planned again.
   */
  readonly addresses: ReadonlySet<string>
  /** Why servers fail their active checks, by ProbeTarget.id. Pass the same Map object while nothing changes. */
  readonly failedChecks: ReadonlyMap<string, FailedCheck>
  /**
   * By namespace: how many times longer than requested the intervals between checks are, because this host reached a limit. Pass
   * the same Map object while nothing changes. Absent: none is longer.
   */
  readonly slowChecks?: ReadonlyMap<string, number> | undefined
  /** Milliseconds since the epoch. Absent: certificates are valid at any time. */
  readonly now?: number
  /** The content of Secrets that NGINX serves, by secretFileStem. Absent: none. */
  readonly lastGood?: ReadonlyMap<string, Credential>
  /**
   * Who allocates the addresses of pools. Absent: this lbex. Pass the same object while it stays the same: a new one causes them to be
   * allocated again.
   */
  readonly allocation?: AllocationState
}

/** Why a server fails its active check. */
export type FailedCheck = {
  /** The reason of the probe that decided, such as `connection refused`. */
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly since: number
  /** True if the server changed so often that it must pass its probes for a minute before it is used again. */
  readonly flapping: boolean
}

/** For callers that do not read the state of the host: every listener is available, no address is known, no check failed. */
export const UNKNOWN_HOST_STATE: HostState = {
  unavailable: new Map(),
  addresses: new Set(),
  failedChecks: new Map(),
}
