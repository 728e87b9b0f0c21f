/** The template's view of the TLS of a listener: to its clients, and to its servers. */
import type {Listener} from '../../../core/model/load-balancer.js'
import {filesOfListener} from '../../../core/model/route-tls.js'
import {filesOf, type SecretFile} from '../../../core/model/tls-files.js'
import type {SecretContent} from '../../nginx-file.js'

/** `tls` and `backend_tls` of the template; false if the listener does not use it. `rejects`: NGINX refuses the handshake. */
export function tlsView(
  {settings, tls}: Pick<Listener, 'settings' | 'tls'>,
  rejects = false,
): {
  readonly tls: object | false
  readonly backend_tls: object | false
} {
  const {tlsMinVersion, tlsToBackend} = settings
  const certificate = tls?.certificate
  return {
    tls:
      certificate || rejects
        ? {
            certificate: certificate?.path ?? false,
            is_new_only: tlsMinVersion === '1.3',
            client_authorities: tls?.clientAuthorities?.path ?? false,
          }
        : false,
    backend_tls: tlsToBackend
      ? {name: tlsToBackend.name, authorities: tls?.backendAuthorities?.path ?? false}
      : false,
  }
}

/** Comments that name the Secrets behind the files. */
export function tlsRemarks({tls}: Pick<Listener, 'tls'>): string[] {
  const remarks = filesOf(tls).map(({path, secret, credential}) => {
    const unknown = credential ? '' : ', which is unknown without a cluster'
    return `${path}: Secret ${secret.namespace}/${secret.name}${unknown}`
  })
  return [...new Set(remarks)]
}

/** The files that NGINX needs for the listeners, each once. */
export function secretsOf(listeners: readonly Listener[]): SecretContent[] {
  const byPath = new Map(listeners.flatMap(filesOfListener).map((file) => [file.path, file]))
  return [...byPath.values()].map(contentOf)
}

function contentOf({path, credential}: SecretFile): SecretContent {
  return {path, ...(credential && {pem: credential.pem})}
}

/** True if a listener uses TLS, to its clients or to its servers. */
export function usesTls({tls, settings, routes}: Listener): boolean {
  return tls !== undefined || settings.tlsToBackend !== undefined || routes.some((route) => route.tls)
}
