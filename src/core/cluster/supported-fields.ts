/**
 * What lbex does with each field of a Service spec, of an endpoint in an EndpointSlice, and of a Node. A test compares this table
 * with the schema of Kubernetes: a new field has to be classified before it can be ignored.
 */

export type FieldSupport = {
  /**
   * `honoured`: lbex does what the field says. `reported`: lbex cannot do that, and reports it. `irrelevant`: the field has no
   * meaning for an external load balancer, or another component acts on it.
   */
  readonly support: 'honoured' | 'reported' | 'irrelevant'
  readonly note: string
}

type Table = Readonly<Record<string, FieldSupport>>

const honoured = (note: string): FieldSupport => ({support: 'honoured', note})
const reported = (note: string): FieldSupport => ({support: 'reported', note})
const irrelevant = (note: string): FieldSupport => ({support: 'irrelevant', note})

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec */
export const SERVICE_SPEC_FIELDS: Table = {
  allocateLoadBalancerNodePorts: honoured(
    'false: needs `upstream-type: pod` or `--default-upstream-type pod`; node upstreams are reported (node-port-missing)',
  ),
  clusterIP: honoured(
    'upstream of `upstream-type: cluster-ip`; headless Services are reported (service-type)',
  ),
  clusterIPs: honoured('as clusterIP, one for each family'),
  externalIPs: reported('field-ignored; deprecated (KEP-5707), but kube-proxy still serves them'),
  externalName: irrelevant('a Service of type ExternalName is reported (service-type)'),
  externalTrafficPolicy: honoured('Local: only nodes with a ready endpoint'),
  healthCheckNodePort: reported(
    'health-check-port-unused with node upstreams; lbex reads from EndpointSlices which nodes have endpoints',
  ),
  internalTrafficPolicy: reported(
    'internal-policy-local with `upstream-type: cluster-ip`; otherwise irrelevant: it is about traffic to the cluster IP',
  ),
  ipFamilies: honoured('a listener for each family'),
  ipFamilyPolicy: irrelevant('the API server derives ipFamilies from it'),
  loadBalancerClass: honoured('selects lbex (`--class`)'),
  loadBalancerIP: honoured(
    'the listen address if lbex is the load balancer of the Service (field-deprecated), else reported (field-ignored)',
  ),
  loadBalancerSourceRanges: honoured('NGINX allows these clients only'),
  ports: honoured('TCP and UDP; SCTP is reported (port-protocol)'),
  publishNotReadyAddresses: honoured('true: endpoints that are not ready get traffic too'),
  selector: honoured('a Service without a selector uses the EndpointSlices that its owner writes'),
  sessionAffinity: honoured('ClientIP: a hash of the client address'),
  sessionAffinityConfig: reported('affinity-timeout-unused if the timeout is not the default'),
  trafficDistribution: honoured(
    'with `--zone`, lbex follows the hints for this zone, if endpoints decide which servers it uses; otherwise reported (traffic-distribution-unused)',
  ),
  type: honoured('NodePort, ClusterIP and LoadBalancer; others are reported (service-type)'),
}

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/ */
export const ENDPOINT_FIELDS: Table = {
  addresses: honoured('the first one, like kube-proxy; invalid ones are reported (address-invalid)'),
  conditions: honoured('ready; else serving and terminating (KEP-1669)'),
  deprecatedTopology: irrelevant('replaced by zone'),
  hints: honoured(
    'forZones, with `--zone`: endpoints for this zone are preferred (KEP-2433); forNodes is irrelevant, lbex is not on a node',
  ),
  hostname: irrelevant('a DNS name inside the cluster'),
  nodeName: honoured('tells which nodes run endpoints'),
  targetRef: honoured('names the Pod in messages'),
  zone: irrelevant('the hints say which zones an endpoint is for'),
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/#NodeSpec */
export const NODE_SPEC_FIELDS: Table = {
  configSource: irrelevant('configuration of the kubelet'),
  externalID: irrelevant('deprecated'),
  podCIDR: irrelevant('configuration of the network'),
  podCIDRs: irrelevant('configuration of the network'),
  providerID: irrelevant('for cloud controllers'),
  taints: honoured('a node that the cluster autoscaler is deleting is not used'),
  unschedulable: irrelevant('a cordoned node keeps serving'),
}
