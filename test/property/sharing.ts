/** Services that share listen ports by server name or by weight, which those of clusters.ts hardly ever do. */
import fc, {type Arbitrary} from 'fast-check'
import type {Service} from '../../src/core/cluster/objects.js'

const optional = (...values: (string | undefined)[]) => fc.constantFrom(undefined, ...values)

const annotations: Arbitrary<Record<string, string>> = fc
  .record<Record<string, string | undefined>>({
    'kubernetes.io/loadbalancer-class': fc.constant('loadbalancer-lbex'),
    'loadbalancer.lbex/upstream-type': fc.constant('pod'),
    'loadbalancer.lbex/hosts': optional('a.example', 'a.example, b.example', '*.example', '*'),
    'loadbalancer.lbex/shared-listener': fc.constantFrom('x', 'x', 'x', 'y', undefined),
    'loadbalancer.lbex/weight': optional('0', '5', '10'),
    'loadbalancer.lbex/source-ranges': optional(undefined, undefined, '10.0.0.0/8', '192.0.2.0'),
    'loadbalancer.lbex/connections': optional(undefined, undefined, undefined, '100'),
    'loadbalancer.lbex/max-connections': optional(undefined, undefined, '10', 'x'),
  })
  .map(withoutUndefined)

function withoutUndefined(all: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value ? [[key, value]] : [])))
}

/** The Services with other annotations. Each listens on one port, or on a range with this port. */
export function sharing(services: readonly Service[]): Arbitrary<Service[]> {
  const one = fc.tuple(annotations, fc.constantFrom('8080', '8080', '8080-8081'))
  return fc.tuple(...services.map(() => one)).map((choices) =>
    services.map((service, index) => {
      const [own = {}, listen = '8080'] = choices[index] ?? []
      const [port] = service.ports
      const ports = port ? [{...port, protocol: 'TCP'}] : []
      return {...service, ports, annotations: {...own, 'loadbalancer-port.lbex/unnamed': listen}}
    }),
  )
}
