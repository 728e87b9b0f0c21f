/** Typical manifests of users. */

/** A Service in a repository, without the fields that a cluster sets. */
export const BARE = `apiVersion: v1
kind: Service
metadata:
  name: ntp
  annotations:
    kubernetes.io/loadbalancer-class: loadbalancer-lbex
    loadbalancer-port.lbex/ntp: "8123"
spec:
  type: NodePort
  ports:
    - name: ntp
      protocol: UDP
      port: 123
`

/** With an invalid port. */
export const BROKEN = BARE.replace('"8123"', '"eighty"')

/** Complete: a Service with its endpoint, both on this host. */
export function complete(name: string, listenPort: number, backendPort: number, protocol = 'TCP'): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: default
  uid: ${name}-1
  creationTimestamp: "2024-01-01T00:00:00Z"
  annotations:
    kubernetes.io/loadbalancer-class: loadbalancer-lbex
    loadbalancer-port.lbex/main: "${listenPort}"
    loadbalancer.lbex/upstream-type: pod
spec:
  type: ClusterIP
  clusterIP: 10.0.0.10
  clusterIPs: [10.0.0.10]
  ipFamilies: [IPv4]
  selector: {app: ${name}}
  ports:
    - {name: main, port: 80, protocol: ${protocol}, targetPort: ${backendPort}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: ${name}-1
  namespace: default
  labels: {kubernetes.io/service-name: ${name}}
addressType: IPv4
endpoints:
  - addresses: [127.0.0.1]
    conditions: {ready: true}
ports:
  - {name: main, port: ${backendPort}, protocol: ${protocol}}
---
`
}
