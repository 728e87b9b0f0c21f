/**
 * Reads the state of the host for `lbex run`: its addresses, its time, the certificates that NGINX serves, and the servers that fail
 * their active checks.
 */
import {UNKNOWN_HOST_STATE, type HostState} from '../../core/model/host-state.js'
import type {Unavailable} from '../../controller/reconcile.js'
import {hostAddressReader} from '../../dataplane/nginx/host/host-addresses.js'
import {Health, type HealthOptions} from '../../health/health.js'
import type {AddressMemory} from './address-memory.js'
import {LastGoodSecrets} from './last-good-secrets.js'

export type HostStateReader = {
  /** The state now; the caller knows which listeners are unavailable. */
  readonly read: (unavailable: Unavailable) => HostState
  /** Absent with --once. */
  readonly health?: Health
  readonly secrets: LastGoodSecrets
}

/** Milliseconds: if a change of servers takes a reload, failed checks cause at most one in this time. */
const CHANGE_PERIOD = 5000

export async function openHostState(
  {once}: {readonly once: boolean},
  {
    live,
    addresses: pools,
    ...options
  }: Omit<HealthOptions, 'changePeriod'> & {
    readonly live: boolean
    /** Absent without pools. */
    readonly addresses: Pick<AddressMemory, 'read'> | undefined
  },
): Promise<HostStateReader> {
  const addresses = hostAddressReader()
  const secrets = await LastGoodSecrets.open(options.directory)
  const health = once ? undefined : await Health.open({...options, changePeriod: live ? 0 : CHANGE_PERIOD})
  return {
    read: (unavailable) => ({
      ...{unavailable, addresses: addresses()},
      failedChecks: health?.failedChecks() ?? UNKNOWN_HOST_STATE.failedChecks,
      slowChecks: health?.slowChecks(),
      ...{now: options.clock.now(), lastGood: secrets.all},
      ...(pools && {allocation: pools.read()}),
    }),
    secrets,
    ...(health && {health}),
  }
}
