/** What publishing relies on in an API server. As contract.ts: for the double, and for a real kube-apiserver. */
import assert from 'node:assert/strict'
import type {ContractTarget} from './contract.js'
import {pathTo} from './resources.js'

/** JSON as it comes: whatever is compared with it says what it should be. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any

const SERVICES = pathTo('Service', 'default')
const LEASES = pathTo('Lease', 'default')
const MERGE = 'application/merge-patch+json'

/** To be called inside `describe`. The target has the namespace `default`, and nothing of ours in it. */
export function apiWritesContract(target: () => ContractTarget): void {
  let created: string[] = []

  async function ask(method: string, path: string, body?: object): Promise<{status: number; body: Json}> {
    const {url, headers} = target()
    const type = method === 'PATCH' ? MERGE : 'application/json'
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {...headers, ...(body && {'content-type': type})},
      ...(body && {body: JSON.stringify(body)}),
    })
    return {status: response.status, body: await response.json()}
  }

  async function create(path: string, object: object, name: string): Promise<Json> {
    const {status, body} = await ask('POST', path, object)
    assert.equal(status, 201, JSON.stringify(body))
    created.push(`${path}/${name}`)
    return body
  }

  const createService = (name: string, metadata: object = {}) => {
    const spec = {type: 'LoadBalancer', ports: [{name: 'main', port: 80}]}
    return create(SERVICES, {apiVersion: 'v1', kind: 'Service', metadata: {...metadata, name}, spec}, name)
  }
  const createLease = (name: string, labels: object = {}) => {
    const spec = {holderIdentity: 'a', leaseDurationSeconds: 15, renewTime: '2030-01-31T12:00:00.000000Z'}
    const type = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease'}
    return create(LEASES, {...type, metadata: {name, labels}, spec}, name)
  }

  afterEach(async () => {
    for (const path of created) await ask('DELETE', path)
    created = []
  })

  it('changes nothing but the status by a patch of the status, and the status by nothing else', async () => {
    await createService('status-a')
    const status = {loadBalancer: {ingress: [{ip: '192.0.2.1', ipMode: 'Proxy'}]}}
    const patched = await ask('PATCH', `${SERVICES}/status-a/status`, {spec: {type: 'NodePort'}, status})
    assert.equal(patched.status, 200)
    const {body} = await ask('PATCH', `${SERVICES}/status-a`, {
      metadata: {annotations: {text: 'zwölf'}},
      status: {loadBalancer: null},
    })
    assert.equal(body.spec.type, 'LoadBalancer')
    assert.equal(body.metadata.annotations.text, 'zwölf')
    assert.equal(body.status.loadBalancer.ingress[0].ip, '192.0.2.1')
  })

  it('notes who wrote the ingress of a Service', async () => {
    await createService('owner-a')
    const write = (manager: string, ip: string) =>
      ask('PATCH', `${SERVICES}/owner-a/status?fieldManager=${manager}`, {
        status: {loadBalancer: {ingress: ip ? [{ip}] : []}},
      })
    const owners = ({metadata}: Json): string[] =>
      ((metadata.managedFields ?? []) as Json[])
        .filter(({fieldsV1}: Json) => fieldsV1['f:status']?.['f:loadBalancer']?.['f:ingress'])
        .map(({manager}: Json) => manager as string)
    assert.deepEqual(owners((await write('one', '192.0.2.1')).body), ['one'])
    assert.deepEqual(owners((await write('two', '192.0.2.1')).body), ['one'])
    assert.deepEqual(owners((await write('two', '192.0.2.2')).body), ['two'])
    assert.deepEqual(owners((await write('two', '')).body), [])
  })

  it('makes no version of a patch that changes nothing', async () => {
    const {metadata} = await createLease('same-a')
    const {body} = await ask('PATCH', `${LEASES}/same-a`, {spec: {holderIdentity: 'a'}})
    assert.equal(body.metadata.resourceVersion, metadata.resourceVersion)
  })

  it('refuses a patch of another version, and one of what is absent', async () => {
    const {metadata} = await createLease('patch-a')
    const patch = (name: string, holderIdentity: string) =>
      ask('PATCH', `${LEASES}/${name}`, {
        metadata: {resourceVersion: metadata.resourceVersion},
        spec: {holderIdentity},
      })
    assert.equal((await patch('patch-a', 'b')).status, 200)
    const {status, body} = await patch('patch-a', 'c')
    assert.deepEqual([status, body.kind, body.reason], [409, 'Status', 'Conflict'])
    const absent = await ask('PATCH', `${LEASES}/patch-b`, {spec: {holderIdentity: 'c'}})
    assert.deepEqual([absent.status, absent.body.reason], [404, 'NotFound'])
  })

  it('refuses a patch of an object that was replaced by another one of its name', async () => {
    const before = await createService('other-a')
    await ask('DELETE', `${SERVICES}/other-a`)
    const {metadata} = await createService('other-a')
    const patch = (change: object) =>
      ask('PATCH', `${SERVICES}/other-a/status`, {metadata: change, status: {loadBalancer: {}}})
    const {uid, resourceVersion} = before.metadata
    const {status, body} = await patch({uid})
    assert.deepEqual([status, body.kind, body.reason], [422, 'Status', 'Invalid'])
    assert.equal(body.details.causes[0].field, 'metadata.uid')
    assert.equal((await patch({uid, resourceVersion})).status, 409)
    assert.equal((await patch({uid: metadata.uid})).status, 200)
  })

  it('creates nothing twice, and replaces no other version', async () => {
    const object = await createLease('twice-a')
    const {metadata: _, ...again} = object
    const twice = await ask('POST', LEASES, {...again, metadata: {name: 'twice-a'}})
    assert.deepEqual([twice.status, twice.body.reason], [409, 'AlreadyExists'])
    const put = (holderIdentity: string) =>
      ask('PUT', `${LEASES}/twice-a`, {...object, spec: {...object.spec, holderIdentity}})
    assert.equal((await put('b')).status, 200)
    assert.equal((await put('c')).status, 409)
  })

  it('lists by label', async () => {
    await createLease('label-a', {'loadbalancer.lbex/publish-group': 'one'})
    await createLease('label-b', {'loadbalancer.lbex/publish-group': 'two'})
    const selector = encodeURIComponent('loadbalancer.lbex/publish-group=two')
    const {body} = await ask('GET', `${LEASES}?labelSelector=${selector}`)
    assert.equal(body.items.length, 1)
    assert.equal(body.items[0].metadata.name, 'label-b')
  })

  it('keeps an object until its last finalizer is taken away', async () => {
    await createService('final-a', {finalizers: ['service.kubernetes.io/load-balancer-cleanup']})
    await ask('DELETE', `${SERVICES}/final-a`)
    const {status, body} = await ask('GET', `${SERVICES}/final-a`)
    assert.equal(status, 200)
    assert.ok(body.metadata.deletionTimestamp)
    await ask('PATCH', `${SERVICES}/final-a`, {metadata: {finalizers: null}})
    assert.equal((await ask('GET', `${SERVICES}/final-a`)).status, 404)
  })
}
