/** Decides whether two requests for one listener can be served together. */
import {isDeepStrictEqual} from 'node:util'
import {ANNOTATIONS} from '../intent/annotations.js'
import type {ListenerSettings} from '../intent/listener-settings.js'
import type {DataPlaneCapabilities} from './options.js'
import type {ListenerRequest} from './plan-service.js'
import {isSameMatch} from './route-match.js'

export type Conflict =
  /** Only one of the requests can have the listener. */
  | {readonly about: 'listener'}
  /** Only one of the requests can have the server name. */
  | {readonly about: 'name'}
  /** The namespace has too many routes of the listener. */
  | {readonly about: 'limit'; readonly names: number; readonly limit: number}
  /** The requests need different settings of the listener: the annotations that set them. */
  | {
      readonly about: 'settings'
      readonly settings: readonly string[]
      /** True if a data plane with a certificate for each server name could serve both. */
      readonly needsCertificatePerName?: true
    }

/**
 *  a request for             | conflicts with
 *  all traffic               | every other request for the listener, except those of its group
 *  a server name             | requests for all traffic, and those for the same name except those of its group
 *  a listener with settings  | requests with other settings; but different names may have different source ranges, and with
 *                            | certificatePerName also different TLS if NGINX terminates it for both
 *
 * The settings of a closed port do not count: they may be the defaults instead of what is not valid, and NGINX serves none of its
 * traffic. It keeps its traffic, so that no other Service takes it over because of a mistake.
 */
export function conflictOf(
  a: ListenerRequest,
  b: ListenerRequest,
  {certificatePerName}: Pick<DataPlaneCapabilities, 'certificatePerName'>,
): Conflict | undefined {
  const isSameTraffic = isSameMatch(a.match, b.match)
  if (isSameTraffic && (!a.share || a.share.group !== b.share?.group))
    return {about: a.match.type === 'all' ? 'listener' : 'name'}
  if (a.match.type !== b.match.type) return {about: 'listener'}
  if (a.closed || b.closed) return undefined
  const differing = differences(a.settings, b.settings, isSameTraffic ? [] : ['sourceRanges'])
  const mayDiffer = !isSameTraffic && areTerminated(a, b)
  const others = mayDiffer ? differing.filter((name) => !TLS_OF_A_NAME.has(name)) : differing
  const settings = mayDiffer && certificatePerName ? others : differing
  if (settings.length === 0) return undefined
  const conflict = {about: 'settings', settings: settings.map(annotationOf).sort()} as const
  return others.length === 0 ? {...conflict, needsCertificatePerName: true} : conflict
}

/** NGINX selects these by server name, if it terminates TLS. */
const TLS_OF_A_NAME: ReadonlySet<keyof ListenerSettings> = new Set([
  'tlsSecret',
  'tlsClientCaSecret',
  'tlsToBackend',
])

function areTerminated(...requests: readonly ListenerRequest[]): boolean {
  return requests.every(({match, settings}) => match.type === 'sni' && settings.tlsSecret !== undefined)
}

/** The settings that differ, without those in `ignored`. */
function differences(
  a: ListenerSettings,
  b: ListenerSettings,
  ignored: readonly (keyof ListenerSettings)[],
): (keyof ListenerSettings)[] {
  if (a === b) return []
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof ListenerSettings>
  return [...names].filter((name) => !ignored.includes(name) && !isDeepStrictEqual(a[name], b[name]))
}

/** The key of the annotation for a setting: most settings have the name of their entry in the table. */
function annotationOf(setting: keyof ListenerSettings): string {
  const {passthrough: transparent, acceptProxyProtocol: trustedSenders} = ANNOTATIONS
  return {...ANNOTATIONS, transparent, trustedSenders}[setting].key
}
