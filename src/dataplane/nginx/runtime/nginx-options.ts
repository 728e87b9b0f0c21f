/** What the caller decides about one NGINX. */
import type {BackoffOptions} from '../../../util/backoff.js'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import type {Observe} from '../../data-plane.js'
import type {DiscoverOptions} from '../host/discover-nginx.js'
import type {LiveMode} from '../host/live-mode.js'

export type LiveOptions = {
  readonly mode: LiveMode
  /** Milliseconds without such a change until a reload writes it into the configuration. 0: also the first one after an adoption. */
  readonly consolidateAfter: number
}

export type NginxOptions = DiscoverOptions & {
  /** Absolute path of the folder with everything of this NGINX (--nginx-dir); created if it does not exist. */
  readonly directory: string
  readonly log: Logger
  readonly clock: Clock
  /** Open files that NGINX may have; default: what the host grants (hostLimits). */
  readonly openFiles?: number
  /** Milliseconds that a start or a reload may take until it is confirmed; default 30 s. */
  readonly confirmTimeout?: number
  /** Delay between restarts of an NGINX that dies repeatedly; default 100 ms to 30 s. */
  readonly backoff?: BackoffOptions
  /** Children that NGINX may have before lbex closes the connections of its oldest workers; default 256. */
  readonly maxChildren?: number
  /** Lines of NGINX's error log, warn and above, that are logged in one second; default 20. */
  readonly logLinesPerSecond?: number
  /** Bytes after which the error log is rotated; default 10 MiB. */
  readonly logRotateAt?: number
  /** Bytes after which NGINX stops writing to its error log while no lbex rotates it; default 64 MiB. */
  readonly logEndAt?: number
  /** Milliseconds between two retries of what a restart left out; default 5 s. */
  readonly retryLeftOut?: number
  /** The systemd unit that NGINX is moved to: a unit with `Delegate=yes` that runs as the user of lbex. Default: none. */
  readonly unit?: string | undefined
  /** How servers change without a reload; default: not at all. */
  readonly live?: LiveOptions | undefined
  /** Called with the events of NGINX; default: not called. */
  readonly observe?: Observe | undefined
}
