/** Manifests of a Service with active health checks, and of its endpoints. */

export type CheckedPort = {
  readonly name: string
  readonly listen: number
  readonly port: number
  readonly protocol?: string
}

/** Settings of the check: of the whole Service, or of one port (`expect.dns`); `check` is the kind of the check. */
export function checkedService(
  ports: readonly CheckedPort[],
  addresses: readonly string[],
  settings: Record<string, string>,
  others: Record<string, string> = {},
): string {
  const keyOf = (name: string): string =>
    `loadbalancer.lbex/health-check${/^check(?=\.|$)/.test(name) ? name.slice('check'.length) : `-${name}`}`
  const annotations = {
    'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
    ...Object.fromEntries(ports.map(({name, listen}) => [`loadbalancer-port.lbex/${name}`, `${listen}`])),
    'loadbalancer.lbex/upstream-type': 'pod',
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [keyOf(name), value])),
    ...others,
  }
  const service = {
    ...{apiVersion: 'v1', kind: 'Service'},
    metadata: {name: 'web', uid: 'web-1', creationTimestamp: '2024-01-01T00:00:00Z', annotations},
    spec: {
      ...{type: 'ClusterIP', clusterIP: '10.0.0.10', clusterIPs: ['10.0.0.10'], ipFamilies: ['IPv4']},
      selector: {app: 'web'},
      ports: ports.map(({name, protocol = 'TCP'}, at) => ({name, protocol, port: 80 + at})),
    },
  }
  const slice = {
    ...{apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4'},
    metadata: {name: 'web-1', labels: {'kubernetes.io/service-name': 'web'}},
    endpoints: addresses.map((address) => ({addresses: [address], conditions: {ready: true}})),
    ports: ports.map(({name, port, protocol = 'TCP'}) => ({name, port, protocol})),
  }
  return JSON.stringify({apiVersion: 'v1', kind: 'List', items: [service, slice]})
}
