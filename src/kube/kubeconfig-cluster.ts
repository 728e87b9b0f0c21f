/** `clusters[].cluster` of a kubeconfig: where the API server is, and what leads there. */
import {Failure} from '../diagnostics/failure.js'
import {parseProxy} from './proxy.js'

export type RawCluster = {readonly server?: string; readonly [field: string]: unknown}

export function serverOf({server}: RawCluster, name: string | undefined, path: string): URL {
  if (server && URL.canParse(server) && /^https?:$/.test(new URL(server).protocol)) return new URL(server)
  throw new Failure(`the cluster ${name} in the kubeconfig ${path} has no server with http:// or https://`, {
    code: 'kubeconfig-invalid',
  })
}

export function proxyOf(cluster: RawCluster, name: string | undefined, path: string): URL | undefined {
  const text = cluster['proxy-url']
  if (typeof text !== 'string' || text === '') return undefined
  const proxy = parseProxy(text)
  if (proxy) return proxy
  throw new Failure(`the cluster ${name} in the kubeconfig ${path} has a proxy-url that lbex cannot use`, {
    code: 'kubeconfig-invalid',
    hint: 'write it with its scheme: http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT',
  })
}

/** Proxies are lbex's own. The library refuses plain HTTP unless this is set, though there is no TLS to verify. */
export function clusterForLibrary(cluster: RawCluster, {protocol}: URL): RawCluster {
  const direct = {...cluster, 'proxy-url': undefined}
  return protocol === 'http:' ? {...direct, 'insecure-skip-tls-verify': true} : direct
}
