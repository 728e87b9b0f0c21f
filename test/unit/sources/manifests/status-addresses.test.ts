import assert from 'node:assert/strict'
import {mergeStatusAddresses} from '../../../../src/sources/manifests/status-addresses.js'
import {readManifests} from '../../../../src/sources/manifests/read-manifests.js'

async function addressesIn(ingress: string, {uid = 'uid: u', type = 'LoadBalancer'} = {}) {
  const text = [
    'apiVersion: v1',
    'kind: Service',
    `metadata: {name: web, namespace: shop, ${uid}}`,
    `spec: {type: ${type}, ports: [{port: 80}]}`,
    `status: {loadBalancer: {ingress: ${ingress}}}`,
  ]
  const {snapshot} = await readManifests(['-'], {stdin: () => text.join('\n')})
  return snapshot.statusAddresses && [...snapshot.statusAddresses]
}

describe('the status of a manifest', () => {
  it('has the addresses of a Service that an API server has accepted', async () => {
    assert.deepEqual(await addressesIn('[{ip: 192.0.2.1}, {hostname: a.example}, {ip: "2001:DB8::1"}]'), [
      ['shop/web', ['192.0.2.1', '2001:db8::1']],
    ])
  })

  it('does not count before, for another type, and if it is not what the API promises', async () => {
    const entry = '[{ip: 192.0.2.1}]'
    assert.equal(await addressesIn(entry, {uid: ''}), undefined)
    assert.equal(await addressesIn(entry, {type: 'NodePort'}), undefined)
    for (const wrong of ['', '7', '[7]', '[{ip: 7}]', '[{ip: x}]', '{ip: 192.0.2.1}'])
      assert.equal(await addressesIn(wrong), undefined)
  })

  it('is one map for all manifests', () => {
    const [a, b] = [new Map([['a/a', ['192.0.2.1']]]), new Map([['b/b', ['192.0.2.2']]])]
    assert.deepEqual(mergeStatusAddresses([a, undefined, b]), new Map([...a, ...b]))
    assert.equal(mergeStatusAddresses([undefined]), undefined)
  })
})
