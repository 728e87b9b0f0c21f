import assert from 'node:assert/strict'
import type {KubeAccess} from '../../../src/kube/access.js'
import {LEASE_RESOURCE, SERVICE_RESOURCE} from '../../../src/kube/resource.js'
import type {Manifest} from '../../support/api-double/history.js'
import {apiService} from '../../support/api-double/objects.js'
import {busy, pageNotFound} from '../../support/api-double/status.js'
import {useDouble} from '../../support/api-double/use-double.js'
import {waitFor} from '../../support/wait.js'
import {FakeClock} from '../../unit/controller/fake-clock.js'

const NEVER = new AbortController().signal

const LEASE = {namespace: 'lbex', resource: LEASE_RESOURCE} as const

function lease(name: string, holderIdentity = 'a'): Manifest & {readonly apiVersion: string} {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {name, namespace: 'lbex', labels: {group: 'one'}},
    spec: {holderIdentity},
  }
}

function patchStatus(access: KubeAccess, body: object, signal = NEVER) {
  const request = {verb: 'patch', resource: SERVICE_RESOURCE, subresource: 'status', body} as const
  return access.write({...request, namespace: 'default', name: 'web'}, signal)
}

describe('kube/http-access, one object', () => {
  const use = useDouble()

  it('creates, reads, replaces and deletes', async () => {
    const access = await use.access()
    const created = await access.write({verb: 'create', ...LEASE, body: lease('a')}, NEVER)
    const object = {namespace: 'lbex', name: 'a'}
    assert.deepEqual(await access.get(LEASE_RESOURCE, object, NEVER), created)
    const body = {...created, spec: {holderIdentity: 'b'}}
    const updated = await access.write({verb: 'update', ...LEASE, name: 'a', body}, NEVER)
    assert.deepEqual(updated['spec'], {holderIdentity: 'b'})
    await access.delete(LEASE_RESOURCE, object, NEVER)
    assert.equal(await access.get(LEASE_RESOURCE, object, NEVER), undefined)
    await access.delete(LEASE_RESOURCE, object, NEVER)
    assert.deepEqual(
      use.api.requests.map(({verb, path}) => [verb, path]),
      [
        ['create', '/apis/coordination.k8s.io/v1/namespaces/lbex/leases'],
        ...['get', 'update', 'delete', 'get', 'delete'].map((verb) => [
          verb,
          '/apis/coordination.k8s.io/v1/namespaces/lbex/leases/a',
        ]),
      ],
    )
  })

  it('lists by label', async () => {
    const {metadata, ...other} = lease('b')
    for (const object of [lease('a'), {...other, metadata: {...metadata, labels: {group: 'two'}}}])
      use.api.put(object)
    const access = await use.access()
    const {items} = await access.list(
      LEASE_RESOURCE,
      {limit: 500, namespace: 'lbex', labelSelector: 'group=two'},
      NEVER,
    )
    assert.deepEqual(
      items.map((item) => item.metadata.name),
      ['b'],
    )
  })

  it('patches the status, and nothing else', async () => {
    const {metadata, ...before} = use.api.put(apiService('web'))
    const status = {loadBalancer: {ingress: [{ip: '192.0.2.1'}]}}
    const access = await use.access()
    const patched = await patchStatus(access, {spec: {type: 'ClusterIP'}, status})
    assert.deepEqual({...patched, metadata}, {...before, metadata, status})
    const [request] = use.api.requests
    assert.equal(request?.headers['content-type'], 'application/merge-patch+json')
    assert.equal(request?.path, '/api/v1/namespaces/default/services/web/status')
  })

  it('says who writes, if the caller has a name for it', async () => {
    use.api.put(apiService('web'))
    const access = await use.access()
    const request = {verb: 'patch', resource: SERVICE_RESOURCE, subresource: 'status', body: {}} as const
    const object = {namespace: 'default', name: 'web'}
    await access.write({...request, ...object, fieldManager: 'lbex.a'}, NEVER)
    await access.write({...request, ...object}, NEVER)
    assert.deepEqual(
      use.api.requests.map(({query}) => query.get('fieldManager')),
      ['lbex.a', null],
    )
  })

  it('keeps the status when the object is patched', async () => {
    use.api.put(apiService('web'))
    const access = await use.access()
    const body = {metadata: {annotations: {text: 'zwölf'}}, status: null}
    const request = {
      verb: 'patch',
      resource: SERVICE_RESOURCE,
      namespace: 'default',
      name: 'web',
      body,
    } as const
    const patched = await access.write(request, NEVER)
    assert.deepEqual(patched['status'], {loadBalancer: {}})
    assert.equal((patched['metadata'] as {annotations: {text: string}}).annotations.text, 'zwölf')
  })

  describe('failures', () => {
    it('a conflict', async () => {
      const access = await use.access()
      const old = use.api.put(lease('a'))
      use.api.put(lease('a', 'b'))
      const update = access.write({verb: 'update', ...LEASE, name: 'a', body: old}, NEVER)
      await assert.rejects(update, {code: 'api-conflict', status: 409, reason: 'Conflict', temporary: true})
      const create = access.write({verb: 'create', ...LEASE, body: lease('a')}, NEVER)
      await assert.rejects(create, {code: 'api-conflict', reason: 'AlreadyExists'})
    })

    it('an object that is absent', async () => {
      const access = await use.access()
      await assert.rejects(patchStatus(access, {status: {}}), {code: 'api-absent', status: 404})
    })

    it('a group that is absent is not an object that is absent', async () => {
      use.api.absentGroups.add('coordination.k8s.io')
      const access = await use.access()
      await assert.rejects(access.get(LEASE_RESOURCE, {name: 'a', namespace: 'lbex'}, NEVER), {
        code: 'api-absent',
      })
    })

    it('something else than an API server', async () => {
      use.api.fault = () => ({kind: 'refuse', with: pageNotFound})
      const access = await use.access()
      await assert.rejects(patchStatus(access, {}), {code: 'not-an-api-server'})
      use.api.fault = () => ({kind: 'refuse', with: {code: 200, body: '[1]'}})
      await assert.rejects(patchStatus(access, {}), {code: 'not-an-api-server'})
    })

    it('a missing right, with the rule that grants it', async () => {
      use.api.forbidden.add('patch services/status')
      const access = await use.access()
      await assert.rejects(patchStatus(access, {}), {
        code: 'api-forbidden',
        message:
          /does not allow lbex to patch services\/status web in the namespace default: services\/status is forbidden/,
        hint: /resources: \["services\/status"\]\n {2}verbs: \["patch"\]$/,
      })
    })

    it('an API server that asks to wait', async () => {
      use.api.fault = () => ({kind: 'refuse', with: busy(3)})
      await assert.rejects(patchStatus(await use.access(), {}), {code: 'api-busy', retryAfter: 3000})
    })

    it('an answer without end', async () => {
      const body = `{"kind": "Service", "text": "${'x'.repeat(9 * 1024 * 1024)}"}`
      use.api.fault = () => ({kind: 'refuse', with: {code: 200, body}})
      await assert.rejects(patchStatus(await use.access(), {}), {code: 'api-answer'})
    })

    it('an answer that does not come, and no second request', async () => {
      const clock = new FakeClock()
      const access = await use.access({proxy: use.api.url}, clock)
      use.api.fault = () => ({kind: 'hang'})
      const writing = assert.rejects(patchStatus(access, {}), {code: 'api-timeout'})
      await waitFor(() => use.api.requests.length === 1, {what: 'the request'})
      await clock.advance(30_000)
      await writing
      assert.equal(use.api.requests.length, 1)
    })

    it('an answer that is lost: the change was made, once', async () => {
      const access = await use.access()
      use.api.fault = () => ({kind: 'lose'})
      const writing = access.write({verb: 'create', ...LEASE, body: lease('a')}, NEVER)
      await assert.rejects(writing, {code: 'api-connection', temporary: true})
      assert.equal(use.api.count('create', 'leases'), 1)
      use.api.fault = undefined
      assert.ok(await access.get(LEASE_RESOURCE, {name: 'a', namespace: 'lbex'}, NEVER))
    })

    it('a caller that has had enough', async () => {
      const access = await use.access()
      use.api.fault = () => ({kind: 'hang'})
      const stopping = new AbortController()
      const writing = assert.rejects(patchStatus(access, {}, stopping.signal), (error) => error === 'over')
      await waitFor(() => use.api.requests.length === 1, {what: 'the request'})
      stopping.abort('over')
      await writing
    })
  })

  it('does not make a version of a change that changes nothing', async () => {
    const stored = use.api.put(lease('a'))
    const access = await use.access()
    const request = {verb: 'patch', ...LEASE, name: 'a', body: {spec: {holderIdentity: 'a'}}} as const
    assert.deepEqual(await access.write(request, NEVER), stored)
  })
})
