import assert from 'node:assert/strict'
import {describeAttempt, type ResourceRequest} from '../../../src/kube/resource.js'
import {missingPermissions} from '../../../src/publish/missing-permissions.js'
import {permissionsToPublish} from '../../../src/publish/permissions.js'

describe('publish/missing-permissions', () => {
  const permissions = permissionsToPublish({namespaces: ['shop'], leaseNamespace: 'lbex', finalizer: false})

  const missing = async (isAllowed: (attempt: ResourceRequest) => boolean): Promise<string[]> => {
    const access = {review: async (attempt: ResourceRequest) => ({allowed: isAllowed(attempt)})}
    const found = await missingPermissions(access, permissions, new AbortController().signal)
    return found.map(describeAttempt)
  }

  it('lists what the API server does not allow', async () => {
    assert.deepEqual(await missing(() => true), [])
    assert.deepEqual(await missing(({subresource, verb}) => subresource === undefined && verb !== 'delete'), [
      'delete leases.coordination.k8s.io in the namespace lbex',
      'patch services/status in the namespace shop',
    ])
  })
})
