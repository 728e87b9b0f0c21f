import assert from 'node:assert/strict'
import {accessReview} from '../../../src/kube/access-review.js'
import {SERVICE_RESOURCE} from '../../../src/kube/resource.js'
import {ENDPOINT_SLICES, NODES} from '../../../src/sources/cluster/kinds.js'
import {pageNotFound} from '../../support/api-double/status.js'
import {useDouble} from '../../support/api-double/use-double.js'

const NEVER = new AbortController().signal

describe('accessReview', () => {
  const use = useDouble()

  it('names verb, group and resource, and the namespace if there is one', () => {
    assert.deepEqual(accessReview({verb: 'watch', resource: ENDPOINT_SLICES.resource, namespace: 'shop'}), {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          verb: 'watch',
          group: 'discovery.k8s.io',
          resource: 'endpointslices',
          namespace: 'shop',
        },
      },
    })
  })

  it('names the subresource', () => {
    const request = {verb: 'patch', resource: SERVICE_RESOURCE, subresource: 'status'} as const
    assert.deepEqual(accessReview(request), {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {resourceAttributes: {verb: 'patch', group: '', resource: 'services', subresource: 'status'}},
    })
  })

  it('is answered for a subresource', async () => {
    use.api.allowed = new Set(['patch services/status'])
    const access = await use.access()
    const may = async (subresource?: 'status') =>
      (await access.review({verb: 'patch', resource: SERVICE_RESOURCE, subresource}, NEVER)).allowed
    assert.deepEqual([await may('status'), await may()], [true, false])
  })

  it('returns the permission and the time of the API server', async () => {
    use.api.forbidden.add('list nodes')
    const access = await use.access()
    const [list, watch] = await Promise.all([
      access.review({verb: 'list', resource: NODES.resource}, NEVER),
      access.review({verb: 'watch', resource: NODES.resource}, NEVER),
    ])
    assert.deepEqual([list.allowed, watch.allowed], [false, true])
    assert.ok(Math.abs((watch.serverTime ?? 0) - Date.now()) < 60_000)
    const [request] = use.api.requests
    assert.equal(request?.path, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')
    assert.equal(request?.headers['content-type'], 'application/json')
  })

  it('rejects if the server does not answer it', async () => {
    const access = await use.access()
    const ask = () => access.review({verb: 'list', resource: NODES.resource}, NEVER)
    use.api.fault = () => ({kind: 'refuse', with: pageNotFound})
    await assert.rejects(ask(), {code: 'api-absent'})
    use.api.fault = () => ({kind: 'refuse', with: {code: 403, body: ''}})
    await assert.rejects(ask(), {code: 'api-forbidden', hint: /verbs: \["create"\]$/})
    use.api.fault = () => ({kind: 'refuse', with: {code: 201, body: '{"status": {}}'}})
    await assert.rejects(ask(), {code: 'not-an-api-server'})
  })
})
