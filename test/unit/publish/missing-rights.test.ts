import assert from 'node:assert/strict'
import {describeAttempt, type ResourceRequest} from '../../../src/kube/resource.js'
import {missingRights} from '../../../src/publish/missing-rights.js'
import {rightsToPublish} from '../../../src/publish/rights.js'

describe('publish/missing-rights', () => {
  const rights = rightsToPublish({namespaces: ['shop'], leaseNamespace: 'lbex', finalizer: false})

  const missing = async (isAllowed: (attempt: ResourceRequest) => boolean): Promise<string[]> => {
    const access = {review: async (attempt: ResourceRequest) => ({allowed: isAllowed(attempt)})}
    const found = await missingRights(access, rights, new AbortController().signal)
    return found.map(describeAttempt)
  }

  it('is what the API server does not allow', async () => {
    assert.deepEqual(await missing(() => true), [])
    assert.deepEqual(await missing(({subresource, verb}) => subresource === undefined && verb !== 'delete'), [
      'delete leases.coordination.k8s.io in the namespace lbex',
      'patch services/status in the namespace shop',
    ])
  })
})
