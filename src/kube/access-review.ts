/**
 * SelfSubjectAccessReview: asks the API server whether a request would be allowed. Every client may do so for itself
 * (https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/).
 */
import type {ApiResource, ResourceRequest} from './resource.js'

export const ACCESS_REVIEWS: ApiResource = {
  kind: 'SelfSubjectAccessReview',
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
}

export function accessReview({verb, resource, subresource, namespace, name}: ResourceRequest): object {
  const {kind, group, version} = ACCESS_REVIEWS
  return {
    apiVersion: `${group}/${version}`,
    kind,
    spec: {
      resourceAttributes: {
        verb,
        group: resource.group,
        resource: resource.plural,
        ...(subresource !== undefined && {subresource}),
        ...(namespace !== undefined && {namespace}),
        ...(name !== undefined && {name}),
      },
    },
  }
}
