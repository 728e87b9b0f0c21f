/** The inputs of a configuration besides the load balancer. */
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
}
