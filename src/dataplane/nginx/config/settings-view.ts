/** The template's view of the settings of a listener. Every setting that the template uses is present, and false if it is not set. */
import type {ListenerSettings} from '../../../core/intent/listener-settings.js'
import type {UpstreamSettings} from '../../../core/intent/upstream-settings.js'
import {bracketed, type ListenerKey} from '../../../core/model/listener-key.js'
import {variableTarget, type ProxyTarget} from './traffic-view.js'

export function settingsView(key: ListenerKey, settings: ListenerSettings): object {
  const {resolver, sourceRanges, trustedSenders} = settings
  return {
    ...ABSENT,
    ...settings,
    resolver: resolver === undefined ? false : bracketed(resolver),
    sourceRanges: clientRanges(key, settings, sourceRanges) ?? false,
    trustedSenders: ofFamily(key, trustedSenders) ?? false,
  }
}

/** What the template uses as it is. */
const ABSENT = {
  proxyProtocol: false,
  connectTimeout: false,
  idleTimeout: false,
  tries: false,
  uploadRate: false,
  downloadRate: false,
  udpRequests: false,
  udpResponses: false,
} as const

export function upstreamSettingsView(settings: UpstreamSettings): object {
  const {balancing, maxFails = false, maxConnections = false, failTimeout} = settings
  const [measure, inflight] = balancing.algorithm === 'least_time' ? balancing.method.split(' ') : []
  return {
    balancing: {algorithm: balancing.algorithm, measure: measure ?? '', inflight: inflight !== undefined},
    maxFails,
    maxConnections,
    failTimeout: failTimeout === undefined ? false : failTimeout / 1000,
  }
}

/**
 * NGINX reads the PROXY protocol header of every sender, and keeps the address of a sender that it does not trust. Therefore only
 * a trusted sender gets an upstream: NGINX closes a connection without one. `target` is what `proxy_pass` uses. The template writes
 * a `map` only for a variable: each costs NGINX some milliseconds of every reload.
 */
export function trustView(
  {trustedSenders}: ListenerSettings,
  target: ProxyTarget,
  variable: string,
): {readonly trust: object | false; readonly target: ProxyTarget} {
  if (!trustedSenders) return {trust: false, target}
  return {
    trust: {variable: `${variable}_trusted`, target},
    target: variableTarget(`${variable}_target`),
  }
}

/** Of `ranges`, those that a client can be in. A client behind a trusted sender may have an address of either family. */
export function clientRanges(
  key: ListenerKey,
  {trustedSenders}: ListenerSettings,
  ranges: readonly string[] | undefined,
): readonly string[] | undefined {
  return trustedSenders ? ranges : ofFamily(key, ranges)
}

/** The ranges of the listener's IP family: clients of the other family cannot connect to it. */
function ofFamily(
  {address}: ListenerKey,
  ranges: readonly string[] | undefined,
): readonly string[] | undefined {
  const isIpv6 = (text: string): boolean => text.includes(':')
  return ranges?.filter((range) => isIpv6(range) === isIpv6(address))
}
