/** Configuration as it is handed to the edge, without templates: nginx.conf and small files of Services. */
import type {NginxFile} from '../../src/dataplane/nginx-file.js'
import {contentHash} from '../../src/core/model/content-hash.js'
import {bracketed, type ListenerKey} from '../../src/core/model/listener-key.js'

export type MainOptions = {
  readonly directory: string
  readonly streamModule?: string | undefined
  /** Default 2. */
  readonly workers?: number
  /** Seconds; default 60. */
  readonly shutdownTimeout?: number
  /** More directives for the main level. */
  readonly extra?: string
}

export function mainFile(options: MainOptions): NginxFile {
  const {directory, streamModule, workers = 2, shutdownTimeout = 60, extra = ''} = options
  const text = [
    ...(streamModule ? [`load_module "${streamModule}";`] : []),
    'daemon off;',
    `worker_processes ${workers};`,
    `worker_shutdown_timeout ${shutdownTimeout}s;`,
    `pid ${directory}/run/nginx.pid;`,
    `error_log ${directory}/logs/error.log notice;`,
    extra,
    'events { worker_connections 4096; }',
    'stream {',
    '  proxy_connect_timeout 2s;',
    `  server { listen unix:${directory}/run/version.sock; include version.conf; }`,
    '  include services.conf;',
    '}',
    '',
  ].join('\n')
  return {path: 'nginx.conf', text, owners: [], listeners: []}
}

export type ServiceOptions = {
  readonly port?: number
  readonly listeners?: readonly Partial<ListenerKey>[]
  /** Ports of backends on 127.0.0.1. */
  readonly to?: readonly number[]
  /** Answers this itself, when there are no backends; default: the name. */
  readonly answer?: string
  /** Anything else for the file's top level, e.g. what NGINX rejects. */
  readonly extra?: string
}

/** The file of the Service `test/NAME`; one server for each listener (default 127.0.0.1, TCP). */
export function serviceFile(name: string, options: ServiceOptions): NginxFile {
  const {port = 0, listeners = [{port}], to = [], extra = ''} = options
  const keys = listeners.map((listener) => ({
    address: '127.0.0.1',
    port,
    protocol: 'TCP' as const,
    ...listener,
  }))
  const upstream = `${contentHash(name)}_${name}`
  const what = to.length > 0 ? `proxy_pass ${upstream};` : `return "${options.answer ?? name}\\n";`
  const text = [
    ...(to.length > 0
      ? [`upstream ${upstream} {`, ...to.map((each) => `  server 127.0.0.1:${each};`), '}']
      : []),
    ...keys.map((key) => `server { listen ${listenOf(key)}; ${what} }`),
    extra,
    '',
  ].join('\n')
  return {
    path: `services/${name}-${contentHash(text)}.conf`,
    text,
    owners: [{kind: 'Service', namespace: 'test', name}],
    listeners: keys,
  }
}

function listenOf({address, port, protocol}: ListenerKey): string {
  return `${bracketed(address)}:${port}${protocol === 'UDP' ? ' udp reuseport' : ' backlog=4096'}`
}
