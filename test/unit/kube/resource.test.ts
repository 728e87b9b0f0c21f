import assert from 'node:assert/strict'
import {
  LEASE_RESOURCE,
  describeAttempt,
  neededRule,
  neededRuleInline,
  resourcePath,
  type ApiResource,
} from '../../../src/kube/resource.js'

const SERVICES: ApiResource = {kind: 'Service', group: '', version: 'v1', plural: 'services'}
const SLICES: ApiResource = {
  kind: 'EndpointSlice',
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
}

describe('kube/resource', () => {
  it('knows the paths', () => {
    assert.equal(resourcePath(SERVICES), '/api/v1/services')
    assert.equal(resourcePath(SERVICES, {namespace: 'shop'}), '/api/v1/namespaces/shop/services')
    assert.equal(
      resourcePath(SLICES, {namespace: 'shop'}),
      '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
    )
    assert.equal(
      resourcePath(SERVICES, {namespace: 'shop', name: 'a/b', subresource: 'status'}),
      '/api/v1/namespaces/shop/services/a%2Fb/status',
    )
  })

  it('describes a request', () => {
    assert.equal(describeAttempt({verb: 'list', resource: SERVICES}), 'list services')
    assert.equal(
      describeAttempt({verb: 'watch', resource: SLICES, namespace: 'shop'}),
      'watch endpointslices.discovery.k8s.io in the namespace shop',
    )
    const request = {verb: 'patch', namespace: 'shop', name: 'web', subresource: 'status'} as const
    assert.equal(
      describeAttempt({resource: SERVICES, ...request}),
      'patch services/status web in the namespace shop',
    )
  })

  it('writes the RBAC rule', () => {
    assert.equal(
      neededRule({verb: 'list', resource: SLICES}),
      `grant it with this rule in a ClusterRole:
- apiGroups: ["discovery.k8s.io"]
  resources: ["endpointslices"]
  verbs: ["list", "watch"]`,
    )
    assert.equal(
      neededRuleInline({verb: 'list', resource: SLICES}),
      'grant it with this rule in a ClusterRole: {apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"]}',
    )
    assert.match(
      neededRule({verb: 'watch', resource: SERVICES, namespace: 'shop'}),
      /in a Role of the namespace shop:/,
    )
    assert.match(
      neededRule({verb: 'patch', resource: SERVICES, subresource: 'status'}),
      /resources: \["services\/status"\]\n {2}verbs: \["patch"\]$/,
    )
    assert.match(
      neededRule({verb: 'list', resource: LEASE_RESOURCE, namespace: 'lbex'}),
      /verbs: \["list"\]$/,
    )
  })
})
