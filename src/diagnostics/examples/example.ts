/** Examples for the documentation: manifests that cause a diagnostic, and the corrected manifests. A test runs each of them. */
export type Example =
  | {
      /** A manifest that causes the diagnostic. */
      readonly bad: string
      /** The corrected manifest, without diagnostics. */
      readonly good: string
      /** The flags of `lbex check` for this example; absent if there are none. */
      readonly flags?: readonly string[]
    }
  | {
      /** Why no manifest can cause the diagnostic. */
      readonly never: string
      /** What the user can do. */
      readonly remedy: string
    }

type ServiceText = {
  readonly name?: string
  readonly annotations: readonly string[]
  /** Lines below `spec`; default: a port http on 80 of type NodePort. */
  readonly spec?: readonly string[]
}

export const CLASS = 'kubernetes.io/loadbalancer-class: loadbalancer-lbex'
export const HTTP = 'loadbalancer-port.lbex/http: "8080"'

const NODE_PORT = ['type: NodePort', 'ports:', '  - name: http', '    port: 80']

/** The lines of a Service as text. */
export function service({name = 'web', annotations, spec = NODE_PORT}: ServiceText): string {
  return [
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    `  name: ${name}`,
    '  annotations:',
    ...annotations.map((line) => `    ${line}`),
    'spec:',
    ...spec.map((line) => `  ${line}`),
    '',
  ].join('\n')
}

/** Several objects in one file. */
export function documents(...texts: readonly string[]): string {
  return texts.join('---\n')
}

/** A Service for lbex with port http at listen port 8080, and more annotations. */
export function ours(annotations: readonly string[], spec?: readonly string[]): string {
  return service({annotations: [CLASS, HTTP, ...annotations], ...(spec && {spec})})
}

/** An EndpointSlice of the Service web. */
export function slice(address: string, condition: string, node?: string): string {
  return [
    'apiVersion: discovery.k8s.io/v1',
    'kind: EndpointSlice',
    'metadata:',
    '  name: web-1',
    '  labels: {kubernetes.io/service-name: web}',
    'addressType: IPv4',
    `endpoints: [{addresses: [${address}], conditions: {${condition}}${node === undefined ? '' : `, nodeName: ${node}`}}]`,
    'ports: [{name: http, port: 80}]',
    '',
  ].join('\n')
}

export function node(name: string, address: string, ready: string): string {
  return [
    'apiVersion: v1',
    'kind: Node',
    `metadata: {name: ${name}}`,
    'status:',
    `  addresses: [${address}]`,
    `  conditions: [{type: Ready, status: "${ready}"}]`,
    '',
  ].join('\n')
}
