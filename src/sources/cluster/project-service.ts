/** Projects a v1 Service of the API to the fields that lbex uses. */
import type {Service, ServicePort} from '../../core/cluster/objects.js'
import {annotationsInUse} from '../../core/cluster/in-use.js'
import type {ApiService} from './api-types.js'
import {namespacedRef, present} from './project.js'

export function projectService({metadata, spec}: ApiService): Service {
  return present({
    ref: namespacedRef('Service', metadata),
    uid: metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    deletionTimestamp: metadata.deletionTimestamp,
    labels: unlessNone(metadata.labels),
    annotations: annotationsInUse(metadata.annotations ?? {}),
    type: spec.type ?? 'ClusterIP',
    ports: (spec.ports ?? []).map(projectPort),
    clusterIPs: spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []),
    ipFamilies: spec.ipFamilies ?? [],
    hasSelector: Object.keys(spec.selector ?? {}).length > 0,
    sessionAffinity: spec.sessionAffinity,
    affinityTimeout: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds,
    externalTrafficPolicy: spec.externalTrafficPolicy,
    internalTrafficPolicy: spec.internalTrafficPolicy,
    trafficDistribution: spec.trafficDistribution,
    healthCheckNodePort: spec.healthCheckNodePort || undefined,
    publishNotReadyAddresses: spec.publishNotReadyAddresses || undefined,
    allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts,
    loadBalancerClass: spec.loadBalancerClass,
    loadBalancerSourceRanges: unlessEmpty(spec.loadBalancerSourceRanges),
    loadBalancerIP: spec.loadBalancerIP || undefined,
    externalIPs: unlessEmpty(spec.externalIPs),
  })
}

function unlessNone(labels: ApiService['metadata']['labels'] = {}): Service['labels'] {
  return Object.keys(labels).length > 0 ? labels : undefined
}

function unlessEmpty(list: readonly string[] = []): readonly string[] | undefined {
  return list.length > 0 ? list : undefined
}

type ApiPort = NonNullable<ApiService['spec']['ports']>[number]

function projectPort({name = '', protocol = 'TCP', port, targetPort, nodePort}: ApiPort): ServicePort {
  return present({name, protocol, port, targetPort: targetPort || undefined, nodePort: nodePort || undefined})
}
