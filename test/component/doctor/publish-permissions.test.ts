import assert from 'node:assert/strict'
import {checkPublishPermissions} from '../../../src/doctor/publish-permissions.js'
import {rightsOfPublishRoles} from '../../support/cluster-role.js'
import {internalError} from '../../support/api-double/status.js'
import {useDouble} from '../../support/api-double/use-double.js'

describe('checkPublishPermissions', () => {
  const use = useDouble()
  const check = async (scope: {namespaces?: readonly string[]; finalizer?: boolean} = {}) => {
    const all = {namespaces: [], finalizer: false, leaseNamespace: 'lbex', ...scope}
    const findings = await checkPublishPermissions(await use.access(), all)
    return findings.map(({check: name, state, message, fix}) => [name, state, message, fix])
  }
  const OK = ['api-publish', 'ok', 'lbex may write status, Events and Leases', undefined]

  it('accepts exactly the permissions that deploy/ grants', async () => {
    use.api.allowed = new Set(rightsOfPublishRoles())
    assert.deepEqual(await check(), [OK])
    use.api.allowed = new Set(rightsOfPublishRoles(true))
    assert.deepEqual(await check({finalizer: true}), [OK])
    for (const right of rightsOfPublishRoles(true)) {
      use.api.allowed = new Set(rightsOfPublishRoles(true).filter((other) => other !== right))
      assert.deepEqual(
        (await check({finalizer: true})).map(([, state]) => state),
        ['warning'],
        right,
      )
    }
    assert.deepEqual(
      use.api.requests.filter(({plural}) => plural !== ''),
      [],
    )
  })

  it('warns about missing permissions, with the rule that grants them', async () => {
    use.api.allowed = new Set(['get leases', 'list leases', 'patch leases', 'delete leases', 'create events'])
    assert.deepEqual(await check({namespaces: ['shop'], finalizer: true}), [
      [
        'api-publish',
        'warning',
        'lbex may not create, update leases.coordination.k8s.io in the namespace lbex, so the hosts of a group cannot agree on who writes the status of Services',
        'grant it with this rule in a Role of the namespace lbex: {apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "list", "create", "update", "patch", "delete"]}',
      ],
      [
        'api-publish',
        'warning',
        'lbex may not patch services/status in the namespace shop, so the status of Services is not written',
        'grant it with this rule in a Role of the namespace shop: {apiGroups: [""], resources: ["services/status"], verbs: ["patch"]}',
      ],
      [
        'api-publish',
        'warning',
        'lbex may not patch events.events.k8s.io in the namespace shop, so no Events are written',
        'grant it with this rule in a Role of the namespace shop: {apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"]}',
      ],
      [
        'api-publish',
        'warning',
        'lbex may not patch services in the namespace shop, so the finalizer of Services is neither set nor removed',
        'grant it with this rule in a Role of the namespace shop: {apiGroups: [""], resources: ["services"], verbs: ["patch"]}',
      ],
    ])
  })

  it('leaves it open if the API server does not say', async () => {
    use.api.fault = () => ({kind: 'refuse', with: internalError})
    const [finding] = await check()
    assert.deepEqual(finding?.slice(0, 2), ['api-publish', 'unknown'])
  })

  it('does not hide a bug', async () => {
    const broken = {review: () => Promise.reject(new TypeError('a bug'))}
    const scope = {namespaces: [], finalizer: false, leaseNamespace: 'lbex'}
    await assert.rejects(checkPublishPermissions(broken, scope), TypeError)
  })
})
