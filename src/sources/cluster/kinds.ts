/** The kinds that are read from the API. For reading, lbex needs only permission to list and watch these. */
import type {KubeObject} from '../../kube/answers.js'
import {SERVICE_RESOURCE, type ApiResource} from '../../kube/resource.js'
import type {EndpointSlice, Node, Service} from '../../core/cluster/objects.js'
import {projectEndpointSlice} from './project-endpoint-slice.js'
import {projectEndpoints} from './project-endpoints.js'
import {projectNode} from './project-node.js'
import {projectService} from './project-service.js'
import {readEndpoints, readEndpointSlice, readNode, readService} from './read-objects.js'

/** `project` converts an object of the API to values of the snapshot. */
export type ApiKind<T> = {
  readonly resource: ApiResource
  readonly project: (object: KubeObject) => readonly T[]
}

export const SERVICES: ApiKind<Service> = {
  resource: SERVICE_RESOURCE,
  project: (object) => [projectService(readService(object))],
}

export const ENDPOINT_SLICES: ApiKind<EndpointSlice> = {
  resource: {kind: 'EndpointSlice', group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices'},
  project: (object) => [projectEndpointSlice(readEndpointSlice(object))],
}

/** Used only if the API has no EndpointSlices. */
export const ENDPOINTS: ApiKind<EndpointSlice> = {
  resource: core('Endpoints', 'endpoints'),
  project: (object) => projectEndpoints(readEndpoints(object)),
}

export const NODES: ApiKind<Node> = {
  resource: core('Node', 'nodes'),
  project: (object) => [projectNode(readNode(object))],
}

function core(kind: string, plural: string): ApiResource {
  return {kind, group: '', version: 'v1', plural}
}
