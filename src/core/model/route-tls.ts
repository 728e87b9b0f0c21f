/** TLS of routes that do not have the same as the other routes of their listener. */
import type {Listener, RouteTls} from './load-balancer.js'
import type {ListenerRequest} from './plan-service.js'
import {filesOf, type SecretFile} from './tls-files.js'

/** Undefined if NGINX does not terminate the TLS of the request, or must not serve it. */
export function routeTlsOf({tls, settings}: ListenerRequest): RouteTls | undefined {
  const {tlsToBackend} = settings
  return tls?.certificate && {files: tls, ...(tlsToBackend && {toBackend: tlsToBackend})}
}

/** True if the requests for one listener need more than one certificate, client authority or TLS to the servers. */
export function differInTls(requests: readonly ListenerRequest[]): boolean {
  if (requests.length < 2) return false
  return new Set(requests.flatMap((request) => routeTlsOf(request) ?? []).map(tlsKey)).size > 1
}

/** Equal for the same TLS. */
export function tlsKey({files, toBackend}: RouteTls): string {
  const {certificate, clientAuthorities, backendAuthorities} = files
  const paths = [certificate, clientAuthorities, backendAuthorities].map((file) => file?.path ?? '')
  return [...paths, toBackend?.name ?? ''].join(' ')
}

/** All files with certificates that a listener needs. A file of several routes is there several times. */
export function filesOfListener({tls, routes}: Pick<Listener, 'tls' | 'routes'>): SecretFile[] {
  return [tls, ...routes.map((route) => route.tls?.files)].flatMap((files) => (files ? filesOf(files) : []))
}
