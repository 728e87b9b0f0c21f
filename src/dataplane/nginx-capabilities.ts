/** What the NGINX at hand, and the host it runs on, can do. */
import type {DataPlaneCapabilities} from '../core/model/options.js'

export type NginxVersion = readonly [major: number, minor: number, patch: number]

export type NginxCapabilities = {
  readonly version: NginxVersion
  readonly plus: boolean
  /** Absolute path of ngx_stream_module.so where stream is a loadable module; absent where it is built in. */
  readonly streamModule?: string
}

/** What the host grants NGINX. */
export type HostLimits = {
  /** CPUs that this process may use: the number of workers. */
  readonly workers: number
  /** Open files that a worker may have. */
  readonly openFiles: number
  /** False where the kernel has no IPv6: listening on `[::]` would fail the whole configuration. */
  readonly ipv6: boolean
  /** True for a root that cannot become anybody else: workers that try to be `nobody` would end at once. */
  readonly workersStayRoot: boolean
}

/** What `render` assumes where no NGINX is asked: Debian's, the oldest that lbex is tested on. */
export const OLDEST_SUPPORTED: NginxCapabilities = {version: [1, 22, 1], plus: false}

/** https://nginx.org/en/docs/stream/ngx_stream_upstream_module.html#least_time */
const LEAST_TIME_SINCE = [1, 31, 0] as const

/** The same as the model asks for it: abilities instead of versions. */
export function modelCapabilities({version, plus}: NginxCapabilities): DataPlaneCapabilities {
  return {
    name: `NGINX ${version.join('.')}`,
    leastTime: plus || atLeast(version, LEAST_TIME_SINCE),
  }
}

/** True when `version` is `wanted` or newer. */
export function atLeast(version: NginxVersion, wanted: NginxVersion): boolean {
  for (const [index, part] of wanted.entries()) {
    const difference = (version[index] ?? 0) - part
    if (difference !== 0) return difference > 0
  }
  return true
}

/** `[1, 22, 1]` from `1.22.1`; undefined where the text is no version of that form. */
export function parseNginxVersion(text: string): NginxVersion | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined
}
