/** What the main nginx.conf needs to know beside the load balancer. */
import type {NginxCapabilities} from '../../nginx-capabilities.js'

export type Templates = {
  /** Text of templates/nginx.conf.liquid. */
  readonly main: string
  /** Text of templates/service.conf.liquid. */
  readonly service: string
}

export type RenderOptions = {
  readonly templates: Templates
  readonly nginx: NginxCapabilities
  /** Absolute path of the folder that everything of this NGINX lives in (--nginx-dir). */
  readonly directory: string
  /** Number of worker processes: plain, because changing it makes NGINX drop UDP sockets. */
  readonly workers: number
  /** Open files that a worker may have; caps worker_connections. */
  readonly openFiles: number
  /** Have the workers remain root, where they may not become another user. */
  readonly workersStayRoot: boolean
  /** Seconds that an old worker may keep its connections after a reload. */
  readonly shutdownTimeout: number
}
