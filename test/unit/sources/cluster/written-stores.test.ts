import assert from 'node:assert/strict'
import type {KubeObject} from '../../../../src/kube/answers.js'
import {WrittenStores} from '../../../../src/sources/cluster/written-stores.js'

function service(namespace: string, ip: string): KubeObject {
  return {
    metadata: {name: 'web', namespace, resourceVersion: '1'},
    spec: {type: 'LoadBalancer'},
    status: {loadBalancer: {ingress: [{ip}]}},
  } as KubeObject
}

const ref = (namespace: string) => ({kind: 'Service', namespace, name: 'web'})

describe('WrittenStores', () => {
  it('has one store for all namespaces', () => {
    const stores = new WrittenStores([undefined], () => {})
    stores.put(service('a', '192.0.2.1'))
    assert.equal(stores.get(ref('a'))?.ingress[0]?.ip, '192.0.2.1')
    assert.equal(stores.addresses.statusAddresses, stores.stores[0]?.statusAddresses)
  })

  it('combines the stores of several namespaces, and keeps the result while nothing changes', () => {
    const stores = new WrittenStores(['a', 'b'], () => {})
    for (const [namespace, ip] of [
      ['a', '192.0.2.1'],
      ['b', '192.0.2.2'],
      ['c', '192.0.2.3'],
    ] as const)
      stores.put(service(namespace, ip))
    assert.equal(stores.get(ref('c')), undefined)
    assert.deepEqual(
      [...stores.all()].map(([{namespace}]) => namespace),
      ['a', 'b'],
    )
    const addresses = stores.addresses.statusAddresses
    assert.deepEqual([...(addresses ?? new Map()).keys()], ['a/web', 'b/web'])
    assert.equal(stores.addresses.statusAddresses, addresses)
    assert.equal(stores.addresses.otherAddresses, undefined)
  })
})
