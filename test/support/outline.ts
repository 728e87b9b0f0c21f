/** Short forms of results, so that a test can compare the whole of one. */
import {bracketed, listenerId} from '../../src/core/model/listener-key.js'
import {describeField, sortDiagnostics, type Diagnostic} from '../../src/diagnostics/diagnostic.js'
import {evaluate, type TestOptions} from './translate.js'
import type {LoadBalancer, Upstream} from '../../src/core/model/load-balancer.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'

/** By Service and listener: the servers, `10.0.0.1:30080`, `10.0.0.1:30080 weight=2`, `10.0.0.1:30080 down`. */
export type Outline = Record<string, Record<string, string[]>>

export function outline({services}: Pick<LoadBalancer, 'services'>): Outline {
  return Object.fromEntries(
    services.map(({ref, listeners, upstreams}) => {
      const servers = new Map(upstreams.map((upstream) => [upstream.name, serversOf(upstream)]))
      const entries = listeners.map(({key, routes}) => {
        const names = routes.flatMap((route) => route.upstreams.map(({name}) => name))
        return [listenerId(key), names.flatMap((name) => servers.get(name) ?? [])]
      })
      return [`${ref.namespace}/${ref.name}`, Object.fromEntries(entries)]
    }),
  )
}

export function serversOf({servers}: Pick<Upstream, 'servers'>): string[] {
  return servers.map(({address, port, weight, down}) =>
    [
      `${bracketed(address)}:${port}`,
      ...(weight === 1 ? [] : [`weight=${weight}`]),
      ...(down ? ['down'] : []),
    ].join(' '),
  )
}

/** `error port-invalid metadata.annotations["loadbalancer-port.lbex/http"]`, sorted as they are shown. */
export function findings(diagnostics: readonly Diagnostic[]): string[] {
  return sortDiagnostics(diagnostics).map(({severity, code, field}) =>
    [severity, code, ...(field ? [describeField(field)] : [])].join(' '),
  )
}

export function codes(diagnostics: readonly Diagnostic[]): string[] {
  return sortDiagnostics(diagnostics).map(({code}) => code)
}

/** What a snapshot comes to: who is served how, and every message. */
export function outcome(
  snapshot: ClusterSnapshot,
  options: TestOptions,
): {served: Outline; messages: string[]} {
  const {loadBalancer, diagnostics} = evaluate(snapshot, options)
  const messages = sortDiagnostics(diagnostics).map(({code, message}) => `${code}: ${message}`)
  return {served: outline(loadBalancer), messages}
}
