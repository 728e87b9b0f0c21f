import assert from 'node:assert/strict'
import type {KubeObject} from '../../../../src/kube/answers.js'
import type {WrittenState} from '../../../../src/core/cluster/written-state.js'
import {readWrittenState} from '../../../../src/sources/cluster/read-written-state.js'
import {WrittenStore} from '../../../../src/sources/cluster/written-store.js'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'

type Fields = {
  readonly type?: string
  readonly ingress?: unknown
  readonly finalizers?: unknown
  readonly version?: string
}

function service(name: string, fields: Fields = {}): KubeObject {
  const {type = 'LoadBalancer', ingress, finalizers, version = '7'} = fields
  return {
    metadata: {
      name,
      namespace: 'shop',
      resourceVersion: version,
      ...(finalizers !== undefined && {finalizers}),
    },
    spec: {type},
    status: {loadBalancer: {...(ingress !== undefined && {ingress})}},
  } as KubeObject
}

describe('sources/cluster/read-written-state', () => {
  it('reads the ingress and the finalizer', () => {
    const ports = [{port: 80, protocol: 'TCP', error: 'loadbalancer.lbex/PortConflict'}]
    const object = service('web', {
      ingress: [{ip: '203.0.113.7', ipMode: 'Proxy', ports}],
      finalizers: ['a/b', FINALIZER],
    })
    assert.deepEqual(readWrittenState(object), {
      resourceVersion: '7',
      ingress: [{ip: '203.0.113.7', ipMode: 'Proxy', ports}],
      hasFinalizer: true,
      isLoadBalancer: true,
      otherFinalizers: ['a/b'],
    })
  })

  it('reads who wrote the ingress', () => {
    const owned = (fields: unknown, manager: unknown = 'lbex.a') => ({manager, fieldsV1: fields})
    const ingress = {'f:status': {'f:loadBalancer': {'f:ingress': {}}}}
    const other = owned({'f:status': {'f:conditions': {}}, 'f:spec': null}, 'kubectl')
    const writer = (managedFields: unknown, given: unknown = [{ip: '203.0.113.7'}]): unknown => {
      const object = service('web', {ingress: given})
      return readWrittenState({...object, metadata: {...object.metadata, managedFields}} as KubeObject)
        ?.writer
    }
    assert.equal(writer([other, owned(ingress)]), 'lbex.a')
    for (const absent of [undefined, null, 7, [], [null], [7], [{}], [other], [owned(ingress, 7)]])
      assert.equal(writer(absent), undefined)
    assert.equal(writer([owned({'f:status': null})]), undefined)
    assert.equal(writer([owned(ingress)], []), undefined)
  })

  it('keeps other finalizers, unless they are too many', () => {
    const others = (finalizers: unknown): unknown =>
      readWrittenState(service('web', {finalizers}))?.otherFinalizers
    const many = Array.from({length: 33}, (_, at) => `a/${at}`)
    assert.deepEqual([[FINALIZER], ['a/b'], many, [7], 'a/b'].map(others), [
      ...[undefined, ['a/b'], 'too-many', 'too-many', undefined],
    ])
  })

  it('has nothing for a Service of another type to which nothing was written', () => {
    assert.equal(readWrittenState(service('web', {type: 'ClusterIP'})), undefined)
    assert.equal(readWrittenState({metadata: {name: 'web', resourceVersion: '7'}}), undefined)
    assert.deepEqual(
      readWrittenState(service('web', {type: 'NodePort', ingress: [{ip: '1.2.3.4'}]}))?.ingress,
      [{ip: '1.2.3.4'}],
    )
    assert.deepEqual(readWrittenState(service('web'))?.ingress, [])
  })

  const cut: WrittenState = {
    resourceVersion: '7',
    ingress: [],
    isCut: true,
    hasFinalizer: false,
    isLoadBalancer: true,
  }
  const tooMany = (count: number): unknown =>
    Array.from({length: count}, (_, at) => ({ip: `10.0.${at >> 8}.${at & 255}`}))
  const cases: Record<string, unknown> = {
    'more entries than are kept': tooMany(257),
    'more ports than are kept': [
      {ip: '1.2.3.4', ports: Array.from({length: 2049}, (_, port) => ({port, protocol: 'TCP'}))},
    ],
    'a text that is too long': [{hostname: 'a'.repeat(513)}],
    'no list': {ip: '1.2.3.4'},
    'an entry of another type': [7],
  }
  for (const [name, ingress] of Object.entries(cases)) {
    it(`keeps nothing of ${name}`, () => {
      assert.deepEqual(readWrittenState(service('web', {ingress})), cut)
    })
  }
})

describe('sources/cluster/written-store', () => {
  let told: string[] = []
  let store: WrittenStore
  const web = {namespace: 'shop', name: 'web'}

  beforeEach(() => {
    told = []
    store = new WrittenStore(({namespace, name}) => void told.push(`${namespace}/${name}`))
  })

  it('tells of a change, but not of a new resource version', () => {
    store.put(service('web'))
    store.put(service('web', {version: '8'}))
    assert.equal(store.get(web)?.resourceVersion, '8')
    assert.deepEqual(told, ['shop/web'])
    store.put(service('web', {version: '9', ingress: [{ip: '1.2.3.4'}]}))
    store.put(service('web', {version: '10', type: 'ClusterIP'}))
    assert.deepEqual([store.get(web), told.length], [undefined, 3])
  })

  it('has the addresses of Services of type LoadBalancer, as the same object while they stay the same', () => {
    const moved: boolean[] = []
    const ours = new WrittenStore((_, hasMoved) => void moved.push(hasMoved))
    const entry = {ip: '192.0.2.1', ipMode: 'Proxy'}
    ours.put(service('web', {ingress: [entry, {hostname: 'a.example'}, {ip: '2001:DB8::1'}]}))
    ours.put(service('idle'))
    ours.put(service('other', {type: 'NodePort', ingress: [{ip: '192.0.2.9'}]}))
    const before = ours.statusAddresses
    assert.deepEqual([...before], [['shop/web', ['192.0.2.1', '2001:db8::1']]])
    ours.put(service('web', {version: '8', ingress: [entry, {ip: '2001:db8::1'}]}))
    assert.equal(ours.statusAddresses, before)
    ours.put(service('web', {version: '9', ingress: [{ip: '192.0.2.2'}]}))
    assert.deepEqual([...ours.statusAddresses], [['shop/web', ['192.0.2.2']]])
    ours.remove(service('web'))
    assert.equal(ours.statusAddresses.size, 0)
    assert.deepEqual(moved, [true, false, false, false, true, true])
  })

  it('has addresses that another controller wrote apart', () => {
    const object = service('web', {ingress: [{ip: '192.0.2.1'}]})
    const owned = (manager: string) => ({
      ...object,
      metadata: {
        ...object.metadata,
        managedFields: [{manager, fieldsV1: {'f:status': {'f:loadBalancer': {'f:ingress': {}}}}}],
      },
    })
    store.put(owned('cloud-controller-manager'))
    assert.deepEqual(
      [store.statusAddresses.size, [...store.otherAddresses]],
      [0, [['shop/web', ['192.0.2.1']]]],
    )
    store.remove(object)
    store.put(owned('lbex.edge'))
    assert.deepEqual([store.statusAddresses.size, store.otherAddresses.size], [1, 0])
  })

  it('forgets a deleted Service', () => {
    store.put(service('web'))
    store.remove(service('web'))
    store.remove(service('web'))
    assert.deepEqual([store.get(web), told.length], [undefined, 2])
  })

  it('takes a list as a whole', () => {
    store.put(service('web'))
    store.put(service('gone'))
    told = []
    const replacement = store.replacement()
    replacement.add([service('web', {version: '9'}), service('new')])
    assert.deepEqual([store.get({namespace: 'shop', name: 'new'}), told], [undefined, []])
    replacement.commit({complete: true})
    assert.deepEqual(told.sort(), ['shop/gone', 'shop/new'])
    assert.equal(store.get(web)?.resourceVersion, '9')
  })

  it('keeps what a list without all names does not have', () => {
    store.put(service('web'))
    const replacement = store.replacement()
    replacement.add([service('new')])
    replacement.commit({complete: false})
    assert.ok(store.get(web))
  })
})
