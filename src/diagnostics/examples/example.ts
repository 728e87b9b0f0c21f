/** Examples for the documentation: manifests that cause a finding, and how they are right. Every one is run as a test. */
export type Example =
  | {
      /** A manifest with this finding. */
      readonly bad: string
      /** The same without a finding. */
      readonly good: string
      /** How `lbex check` is called for it; absent for no flags. */
      readonly flags?: readonly string[]
    }
  | {
      /** Why no manifest causes the finding. */
      readonly never: string
      /** What whoever sees it is to do. */
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

/** A Service of ours that asks for the port http on 8080, with more annotations. */
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
