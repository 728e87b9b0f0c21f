/** `clusters[].cluster` of a kubeconfig: the API server, and the proxy to it. */
import {Failure} from '../diagnostics/failure.js'
import {parseProxy} from './proxy.js'

export type KubeconfigCluster = {readonly server?: string; readonly [field: string]: unknown}

export function serverOf({server}: KubeconfigCluster, name: string | undefined, path: string): URL {
  if (server && URL.canParse(server) && /^https?:$/.test(new URL(server).protocol)) return new URL(server)
  throw new Failure(
    `the cluster ${name} in the kubeconfig ${path} has no server URL with http:// or https://`,
    {
      code: 'kubeconfig-invalid',
    },
  )
}

export function proxyOf(cluster: KubeconfigCluster, name: string | undefined, path: string): URL | undefined {
  const text = cluster['proxy-url']
  if (typeof text !== 'string' || text === '') return undefined
  const proxy = parseProxy(text)
  if (proxy) return proxy
  throw new Failure(`the cluster ${name} in the kubeconfig ${path} has a proxy-url that is not valid`, {
    code: 'kubeconfig-invalid',
    hint: 'include the scheme: http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT',
  })
}

/** lbex uses the proxy itself. client-node refuses plain HTTP unless TLS verification is off. */
export function clusterForLibrary(cluster: KubeconfigCluster, {protocol}: URL): KubeconfigCluster {
  const direct = {...cluster, 'proxy-url': undefined}
  return protocol === 'http:' ? {...direct, 'insecure-skip-tls-verify': true} : direct
}
