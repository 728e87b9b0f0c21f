/** What lbex has written to a cluster. */
import type {Manifest} from '../support/api-double/history.js'
import {waitFor} from '../support/wait.js'
import type {Cluster} from './cluster.js'
import {aService} from './objects.js'

export type PublishedIngress = {
  readonly ip?: string
  readonly ipMode?: string
  readonly ports?: readonly {readonly port: number; readonly protocol: string; readonly error?: string}[]
}

/** A Service that lbex alone serves. */
export function aLoadBalancer(...[name, details]: Parameters<typeof aService>): Manifest {
  const service = aService(name, details)
  const spec = service['spec'] as Record<string, unknown>
  return {...service, spec: {...spec, type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'}}
}

export type PlainDetails = {
  /** Default LoadBalancer. */
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer'
  /** Port of the Service, and so of the host. */
  readonly port: number
  /** Port of the backends; absent for none. */
  readonly nodePort?: number
  readonly protocol?: 'TCP' | 'UDP'
  /** More fields of the spec. */
  readonly spec?: object
}

/** A Service as the e2e tests of Kubernetes create it, without annotations; one of type LoadBalancer has the class of lbex. */
export function aPlainService(name: string, {type = 'LoadBalancer', ...details}: PlainDetails): Manifest {
  return {
    kind: 'Service',
    metadata: {name, namespace: 'default'},
    spec: {
      type,
      ...(type === 'LoadBalancer' && OF_LBEX),
      ipFamilies: ['IPv4'],
      selector: {app: name},
      ports: [aPort(details)],
      ...details.spec,
    },
  }
}

export const OF_LBEX = {loadBalancerClass: 'loadbalancer-lbex'}

export function aPort({
  port,
  nodePort,
  protocol = 'TCP',
}: Pick<PlainDetails, 'port' | 'nodePort' | 'protocol'>): object {
  return {name: 'main', protocol, port, targetPort: 8080, ...(nodePort !== undefined && {nodePort})}
}

export async function finalizersOf(cluster: Cluster, name: string): Promise<readonly string[] | undefined> {
  const service = (await cluster.all('Service')).find(({metadata}) => metadata.name === name)
  return service && ((service.metadata['finalizers'] as string[] | undefined) ?? [])
}

export async function ingressOf(cluster: Cluster, name: string): Promise<readonly PublishedIngress[]> {
  const service = (await cluster.all('Service')).find(({metadata}) => metadata.name === name)
  const status = service?.['status'] as {loadBalancer?: {ingress?: PublishedIngress[]}} | undefined
  return status?.loadBalancer?.ingress ?? []
}

/** As `kubectl get services` shows it. */
export async function externalIp(cluster: Cluster, name: string): Promise<string> {
  const ingress = await ingressOf(cluster, name)
  return ingress.map(({ip}) => ip).join() || '<pending>'
}

export async function untilExternalIp(
  cluster: Cluster,
  name: string,
  wanted: string,
  deadline = 30_000,
): Promise<void> {
  let last = ''
  const isThere = async (): Promise<boolean> => (last = await externalIp(cluster, name)) === wanted
  await waitFor(isThere, {what: `the address ${wanted} of ${name}`, deadline}).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${last}`)
  })
}

/** The Leases of lbex; a real API server also has some of its own, in another namespace. */
export async function leasesOf(cluster: Cluster): Promise<readonly Manifest[]> {
  return (await cluster.all('Lease')).filter(({metadata}) => metadata.namespace === 'default')
}

/** `TYPE REASON` of the Events about a Service, sorted. */
export async function eventsOf(cluster: Cluster, name: string): Promise<string[]> {
  const events = (await cluster.all('Event')) as unknown as {
    type: string
    reason: string
    regarding: {name: string}
  }[]
  const about = events.filter(({regarding}) => regarding.name === name)
  return about.map(({type, reason}) => `${type} ${reason}`).sort()
}

export async function untilEvent(cluster: Cluster, name: string, event: string): Promise<void> {
  const isThere = async (): Promise<boolean> => (await eventsOf(cluster, name)).includes(event)
  await waitFor(isThere, {what: `the Event ${event} about ${name}`, deadline: 30_000})
}
