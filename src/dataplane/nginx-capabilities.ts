/** The capabilities of an NGINX and of the host that it runs on. */
import type {DataPlaneCapabilities, DrainObstacle} from '../core/model/options.js'

export type NginxVersion = readonly [major: number, minor: number, patch: number]

export type NginxCapabilities = {
  readonly version: NginxVersion
  readonly plus: boolean
  /** Absolute path of ngx_stream_module.so if stream is a loadable module; absent if it is built in. */
  readonly streamModule?: string
  /** True if NGINX was built without ngx_stream_realip_module. Absent: it has the module, as all usual packages do. */
  readonly withoutRealip?: true
  /** True if NGINX was built without ngx_stream_ssl_preread_module. Absent: it has the module, as all usual packages do. */
  readonly withoutSslPreread?: true
  /** Whether the servers of an upstream can change without a reload. This depends on njs, not on the version. */
  readonly liveUpdates: boolean
  /** Present if `liveUpdates` is true. */
  readonly njs?: NjsModule
  /** Why lbex cannot end connections of this NGINX; absent if it can, or if the host was not inspected. */
  readonly drainObstacle?: DrainObstacle
}

/** The JavaScript module of NGINX, with shared dictionaries (https://nginx.org/en/docs/njs/). */
export type NjsModule = {
  /** Absolute path of ngx_stream_js_module.so, to be loaded after the stream module; absent if it is built in. */
  readonly module?: string
  /** The faster of its engines: QuickJS if it has that (directive `js_engine qjs`), otherwise its own one. */
  readonly engine: 'qjs' | 'njs'
}

/** What the host grants NGINX. */
export type HostLimits = {
  /** CPUs that this process may use: the number of workers. */
  readonly workers: number
  /** Open files that a worker may have. */
  readonly openFiles: number
  /** False if the kernel has no IPv6: a listener on `[::]` would make NGINX reject the whole configuration. */
  readonly ipv6: boolean
  /** True if lbex is root without the capabilities to change user: workers that try to become `nobody` would end at once. */
  readonly workersStayRoot: boolean
}

/** What `render` assumes if it does not inspect an NGINX: Debian's, the oldest that lbex is tested with. */
export const OLDEST_SUPPORTED: NginxCapabilities = {version: [1, 22, 1], plus: false, liveUpdates: false}

/** https://nginx.org/en/docs/stream/ngx_stream_upstream_module.html#least_time */
const LEAST_TIME_SINCE = [1, 31, 0] as const

/** https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_protocol */
const PROXY_PROTOCOL_V2_SINCE = [1, 31, 4] as const

/** https://nginx.org/en/docs/stream/ngx_stream_core_module.html#server_name */
const SERVER_NAME_SINCE = [1, 25, 5] as const

/** The same in the form that the model uses: features instead of versions. */
export function modelCapabilities(nginx: NginxCapabilities): DataPlaneCapabilities {
  const {version, plus, withoutRealip, withoutSslPreread, drainObstacle} = nginx
  return {
    name: `NGINX ${version.join('.')}`,
    leastTime: plus || atLeast(version, LEAST_TIME_SINCE),
    proxyProtocolV2: atLeast(version, PROXY_PROTOCOL_V2_SINCE),
    realClientAddress: withoutRealip !== true,
    serverNames: withoutSslPreread !== true,
    certificatePerName: atLeast(version, SERVER_NAME_SINCE),
    ...(drainObstacle && {drainObstacle}),
  }
}

/** True if `version` is `wanted` or newer. */
export function atLeast(version: NginxVersion, wanted: NginxVersion): boolean {
  for (const [index, part] of wanted.entries()) {
    const difference = (version[index] ?? 0) - part
    if (difference !== 0) return difference > 0
  }
  return true
}

/** `[1, 22, 1]` from `1.22.1`; undefined if the text does not have that form. */
export function parseNginxVersion(text: string): NginxVersion | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined
}
