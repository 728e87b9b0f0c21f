import type {NginxFile} from '../../nginx-file.js'
import type {RenderOptions} from './render-options.js'
import type {Template} from './template.js'

/** Connections for clients that a worker has besides those for its listeners, if the host allows it. */
const CLIENT_SLOTS = 16_384
/** The number grows in steps, so that one more listener does not change nginx.conf. */
const STEP = 1024
/** Files that a worker needs besides its connections: logs, the event queue, the channel to the master. */
const OTHER_FILES = 32

/** What of a load balancer affects nginx.conf. */
export type MainContent = {
  /** The number of listeners. */
  readonly listeners: number
  /** True if a listener has several routes, routes by server name, or trusted senders: NGINX selects the upstream by variables. */
  readonly hasRoutes: boolean
  /** True if a listener uses TLS, to clients or to servers. */
  readonly hasTls: boolean
  /** True if a listener has several certificates: NGINX selects a server block by server name. */
  readonly hasServerNames: boolean
}

/** The ciphers of TLS 1.2 in Mozilla's intermediate profile (https://wiki.mozilla.org/Security/Server_Side_TLS, version 5.7). */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-CHACHA20-POLY1305',
]

/** Writes nginx.conf for a load balancer. */
export function renderMain(
  {listeners, hasRoutes, hasTls, hasServerNames}: MainContent,
  options: RenderOptions,
  template: Template,
  script?: NginxFile,
): NginxFile {
  const text = template({
    stream_module: options.nginx.streamModule ?? false,
    js_module: options.live?.module ?? false,
    js_engine: options.live?.engine === 'qjs' ? 'qjs' : false,
    live_script: script?.path ?? false,
    access_log: options.accessLog ?? false,
    directory: options.directory,
    workers_stay_root: options.workersStayRoot,
    workers: options.workers,
    open_files: options.openFiles,
    shutdown_timeout: options.shutdownTimeout,
    listeners: roundUp(listeners + 1),
    worker_connections: workerConnections(listeners, options.openFiles),
    has_routes: hasRoutes,
    has_tls: hasTls,
    has_server_names: hasServerNames,
    ciphers: CIPHERS.join(':'),
  })
  return {path: 'nginx.conf', text, owners: [], listeners: []}
}

/** Open files that a worker needs for `listeners` listeners and the intended number of clients. */
export function filesWanted(listeners: number): number {
  return roundUp(listeners + 1) + CLIENT_SLOTS + OTHER_FILES
}

/** Each listener takes one connection of each worker (https://nginx.org/en/docs/ngx_core_module.html#worker_connections). */
function workerConnections(listeners: number, openFiles: number): number {
  return Math.max(STEP, Math.min(filesWanted(listeners), openFiles) - OTHER_FILES)
}

function roundUp(count: number): number {
  return Math.ceil(count / STEP) * STEP
}
