/** Renders the files with listeners: one for each Service, and one for each listener that several Services share. */
import {contentHash} from '../../../core/model/content-hash.js'
import type {NginxFile} from '../../nginx-file.js'
import {bracketed, listenerId} from '../../../core/model/listener-key.js'
import type {
  Listener,
  Owner,
  ServedService,
  SharedListener,
  Upstream,
} from '../../../core/model/load-balancer.js'
import {limitsOf, serverZoneSize, zonesOf} from './limits-view.js'
import {listenerViews, type LogView} from './listener-view.js'
import {liveListeners} from './live-view.js'
import {guardOutput, RefusedValue} from './output-guard.js'
import {upstreamSettingsView} from './settings-view.js'
import type {RenderOptions} from './render-options.js'
import type {Template} from './template.js'
import {secretsOf} from './tls-view.js'

/** The options that affect these files. */
export type FileOptions = Pick<RenderOptions, 'live' | 'accessLog'>

/** The file of the listeners that only one Service has. Throws UnsafeOutput or RefusedValue for a value that must not reach NGINX. */
export function renderService(
  service: ServedService,
  template: Template,
  options: FileOptions = {},
): NginxFile {
  const {ref, id, listeners, upstreams} = service
  const name = `${ref.namespace}_${ref.name}`
  const content = {name, heading: `Service ${nameOf(ref)}`, owners: [ref], scope: id, listeners, upstreams}
  const {accessLog} = options
  const log = accessLog && {port: accessLog.port, owner: id, format: false as const}
  return renderFile({...content, log}, template, options)
}

/** The file of a listener that several Services share. Throws as renderService does. */
export function renderShared(
  {listener, owners, upstreams}: SharedListener,
  template: Template,
  options: FileOptions = {},
): NginxFile {
  const {address, port, protocol} = listener.key
  const refs = owners.map(({ref}) => ref)
  const name = `listener_${port}_${protocol.toLowerCase()}_${address}`
  const heading = `Shared by Services ${firstFew(refs.map(nameOf))}`
  const scope = contentHash(listenerId(listener.key))
  const {accessLog} = options
  const log = accessLog && {port: accessLog.port, owner: false as const, format: `lbex_${scope}`}
  const content = {name, heading, owners: refs, scope, listeners: [listener], upstreams, log}
  return renderFile(content, template, options)
}

type FileContent = {
  /** Without the hash. A Service's name has one underscore and a shared listener's has three, so they never collide. */
  readonly name: string
  readonly heading: string
  readonly owners: readonly Owner['ref'][]
  /** The start of the names of zones: no other file has the same. */
  readonly scope: string
  readonly listeners: readonly Listener[]
  readonly upstreams: readonly Upstream[]
  /** Undefined: there is no access log. */
  readonly log: LogView | undefined
}

function renderFile(
  {name, heading, owners, scope, listeners, upstreams, log}: FileContent,
  template: Template,
  options: FileOptions,
): NginxFile {
  const isLive = options.live !== undefined
  const secrets = secretsOf(listeners)
  const live = isLive ? liveListeners(listeners, upstreams) : undefined
  const text = template({
    heading,
    upstreams: upstreams.map(upstreamView),
    zones: zonesOf(listeners.flatMap((listener) => limitsOf(listener, scope))),
    listeners: listeners.flatMap((listener) =>
      listenerViews(listener, limitsOf(listener, scope), {isLive, log}),
    ),
  })
  return {
    path: `services/${fileName(name)}-${contentHash(text)}.conf`,
    text,
    owners,
    listeners: listeners.map(({key}) => key),
    ...(live && {live}),
    ...(secrets.length > 0 && {secrets}),
  }
}

/** A comment is cut at the length that NGINX can read, which may be in the middle of a name. */
const MOST_NAMED = 10

function firstFew(names: readonly string[]): string {
  const [first, others] = [names.slice(0, MOST_NAMED).join(', '), names.length - MOST_NAMED]
  return others > 0 ? `${first} and ${others} more` : first
}

function nameOf({namespace, name}: Owner['ref']): string {
  return `${namespace}/${name}`
}

/** Namespaces and names have no underscore, so `a-b_c` and `a_b-c` are two files. */
function fileName(name: string): string {
  if (name.includes('/')) throw new RefusedValue(name)
  return guardOutput(name)
}

function upstreamView({name, settings, servers, unknown, absent}: Upstream): object {
  const view = {...upstreamSettingsView(settings), zoneSize: serverZoneSize(servers.length)}
  const hasParameters = settings.maxConnections ?? settings.maxFails ?? settings.failTimeout
  return {
    name,
    settings: view,
    servers: servers.map(({address, port, weight, down}) => ({
      endpoint: `${bracketed(address)}:${port}`,
      weight,
      down,
      // Most servers have none, and each check in the template is done for each of them.
      has_parameters: hasParameters !== undefined || weight !== 1 || down,
    })),
    unknown: unknown.join(', '),
    absent,
  }
}
