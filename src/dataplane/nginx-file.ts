/** One file of an NGINX configuration, as a value. */
import type {ObjectRef} from '../diagnostics/diagnostic.js'
import type {Confidential} from '../core/cluster/confidential.js'
import type {ListenerKey} from '../core/model/listener-key.js'

/** A server of an upstream, as far as it may change without a reload. */
export type LiveServer = {readonly address: string; readonly port: number; readonly weight: number}

/** A listener whose servers may change without a reload. */
export type LiveListener = {
  readonly key: ListenerKey
  /** Hash of everything in the file that concerns this listener, except the servers and the comments. */
  readonly shape: string
  /** Name of its only upstream. */
  readonly upstream: string
  /** Sorted; equal to those in the file. */
  readonly servers: readonly LiveServer[]
  /** False if another set of servers needs a reload: the upstream has a consistent hash, which only NGINX computes. */
  readonly replaceable: boolean
}

/** A file with a certificate, that another file names. Only the user of NGINX's master process can read it. */
export type SecretContent = {
  /** `tls/NAME-HASH.pem`, relative to the folder of nginx.conf: equal paths have equal content. */
  readonly path: string
  /** Absent if it is on disk already, or unknown. */
  readonly pem?: Confidential
}

export type NginxFile = {
  /** Relative to the folder of nginx.conf: `nginx.conf`, or `services/NAME.conf`, where NAME ends in a hash of the text. */
  readonly path: string
  readonly text: string
  /** The Services that have a route in the file, several for a listener that they share; empty for nginx.conf. */
  readonly owners: readonly ObjectRef[]
  readonly listeners: readonly ListenerKey[]
  /** Those of its listeners whose servers may change without a reload; absent if the file was written without that. */
  readonly live?: readonly LiveListener[]
  /** What it needs in order to be loaded; absent if nothing. */
  readonly secrets?: readonly SecretContent[]
}
