import {contentHash} from '../../../core/model/content-hash.js'
import type {ConfigFile} from '../../config-file.js'
import {bracketed} from '../../../core/model/listener-key.js'
import type {Listener, ServedService, Upstream} from '../../../core/model/load-balancer.js'
import {guardOutput, RefusedValue} from './output-guard.js'
import type {Template} from './template.js'

/** Writes one Service's file. Throws UnsafeOutput or RefusedValue for a value that must not reach NGINX. */
export function renderService(service: ServedService, template: Template): ConfigFile {
  const text = template({
    service: `${service.ref.namespace}/${service.ref.name}`,
    upstreams: service.upstreams.map(upstreamView),
    listeners: service.listeners.map(listenerView),
  })
  return {
    path: `services/${fileName(service)}-${contentHash(text)}.conf`,
    text,
    owner: service.ref,
    listeners: service.listeners.map((listener) => listener.key),
  }
}

/** Namespaces and names have no underscore, so `a-b_c` and `a_b-c` are two files. */
function fileName({ref}: ServedService): string {
  const name = `${ref.namespace}_${ref.name}`
  if (name.includes('/')) throw new RefusedValue(name)
  return guardOutput(name)
}

function upstreamView({name, settings, servers, unknown, absent}: Upstream): object {
  const {balancing} = settings
  const [measure, inflight] = balancing.algorithm === 'least_time' ? balancing.method.split(' ') : []
  return {
    name,
    algorithm: balancing.algorithm,
    measure: measure ?? '',
    inflight: inflight !== undefined,
    servers: servers.map((server) => ({...server, address: bracketed(server.address)})),
    unknown: unknown.join(', '),
    absent,
  }
}

function listenerView({key, portName, servicePort, upstream, settings}: Listener): object {
  return {
    address: bracketed(key.address),
    port: key.port,
    udp: key.protocol === 'UDP',
    port_name: portName,
    service_port: servicePort,
    upstream,
    resolver: settings.resolver === undefined ? false : bracketed(settings.resolver),
    transparent: settings.transparent,
  }
}
