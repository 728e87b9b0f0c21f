/** The traffic of Services now, as the state API shows it. */
import type {ListenerKey} from '../model/listener-key.js'

/** The traffic of one listen port of a Service, on all of its addresses. */
export type PortTraffic = {
  /** The port that NGINX listens on; the first one of a range, whose ports are counted together. */
  readonly port: number
  readonly protocol: ListenerKey['protocol']
  /** Open connections; absent if several Services share the listener, because the kernel does not know whose they are. */
  readonly connections?: number
  /**
   * New connections per second; if several Services share the listener, connections that ended. This value and the next two are
   * averages of some seconds, and absent before there are two samples.
   */
  readonly connectionsPerSecond?: number
  /** Bytes from and to clients, of connections that ended. */
  readonly receivedPerSecond?: number
  readonly sentPerSecond?: number
}

export type TrafficState = {
  /** Share of the lines of NGINX that lbex reads: below 1, rates are estimates. */
  readonly samplingRatio: number
}

export type TrafficNow = TrafficState & {
  /** By NAMESPACE/NAME. */
  readonly services: ReadonlyMap<string, readonly PortTraffic[]>
}
