/** The inputs of a configuration besides the load balancer. */
import type {NginxCapabilities} from '../../nginx-capabilities.js'

export type Templates = {
  /** Text of templates/nginx.conf.liquid. */
  readonly main: string
  /** Text of templates/service.conf.liquid. */
  readonly service: string
}

/** How NGINX gets servers from a dictionary that lbex writes, without a reload. */
export type LiveRendering = {
  /** Text of templates/live.js. */
  readonly script: string
  /** Absolute path of ngx_stream_js_module.so if njs is a loadable module; absent if it is built in. */
  readonly module?: string | undefined
  /** The engine that runs the script, if njs has several. */
  readonly engine?: 'qjs' | 'njs' | undefined
}

export type AccessLog = {readonly port: number}

export type RenderOptions = {
  readonly templates: Templates
  readonly nginx: NginxCapabilities
  /** Absolute path of the folder with everything of this NGINX (--nginx-dir). */
  readonly directory: string
  /** Number of worker processes: fixed, because a change makes NGINX drop UDP sockets. */
  readonly workers: number
  /** Open files that a worker may have; caps worker_connections. */
  readonly openFiles: number
  /** True if the workers have to stay root, because they may not change user. */
  readonly workersStayRoot: boolean
  /** Seconds that an old worker may keep its connections after a reload. */
  readonly shutdownTimeout: number
  /** Where NGINX sends a line for each connection that ends: a UDP port on 127.0.0.1. Absent: nowhere. */
  readonly accessLog?: AccessLog | undefined
  /** Absent if servers change only with a reload. */
  readonly live?: LiveRendering | undefined
}
