import assert from 'node:assert/strict'
import {toList} from '../../../../src/core/cluster/to-list.js'
import {anEndpoint, aNode, aService, aSlice, aSnapshot} from '../../../support/builders.js'

/** As written to a file: without undefined fields. */
const written = (...parts: Parameters<typeof aSnapshot>[0]): {items: Record<string, unknown>[]} =>
  JSON.parse(JSON.stringify(toList(aSnapshot(parts)))) as {items: Record<string, unknown>[]}

describe('toList', () => {
  it('returns a List', () => {
    assert.deepEqual(written(), {apiVersion: 'v1', kind: 'List', items: []})
  })

  it('writes each kind in its own form', () => {
    const {items} = written(
      aService('web').port('http', 80, {listen: 8080}),
      aSlice('web').port('http', 8080).endpoints(anEndpoint('10.1.0.1').on('a').forZones('east')),
      aNode('a').internal('10.0.0.1').tainted('busy'),
    )
    const [service, slice, node] = items
    assert.deepEqual(
      items.map(({apiVersion, kind}) => `${String(apiVersion)} ${String(kind)}`),
      ['v1 Service', 'discovery.k8s.io/v1 EndpointSlice', 'v1 Node'],
    )
    const spec = service?.['spec'] as {ports: unknown; clusterIP: unknown; clusterIPs: unknown[]}
    assert.deepEqual(spec.clusterIP, spec.clusterIPs[0])
    assert.deepEqual(slice?.['endpoints'], [
      {
        addresses: ['10.1.0.1'],
        conditions: {ready: true},
        nodeName: 'a',
        hints: {forZones: [{name: 'east'}]},
      },
    ])
    assert.deepEqual(node?.['spec'], {taints: [{key: 'busy', effect: 'NoSchedule'}]})
    assert.deepEqual(node?.['status'], {
      addresses: [{type: 'InternalIP', address: '10.0.0.1'}],
      conditions: [{type: 'Ready', status: 'True'}],
    })
  })

  it('merges the slices of an Endpoints object', () => {
    const slice = aSlice('web').port('http', 8080).build()
    const part = (address: string, ready: boolean) => ({
      ...slice,
      ref: {kind: 'Endpoints', namespace: 'default', name: 'web'},
      endpoints: [{addresses: [address], conditions: {ready}, targetName: 'web-1'}],
    })
    const targetRef = {kind: 'Pod', name: 'web-1'}
    assert.deepEqual(written(part('10.1.0.1', true), part('10.1.0.2', false)).items, [
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: {name: 'web', namespace: 'default'},
        subsets: [
          {addresses: [{ip: '10.1.0.1', targetRef}], notReadyAddresses: [], ports: slice.ports},
          {addresses: [], notReadyAddresses: [{ip: '10.1.0.2', targetRef}], ports: slice.ports},
        ],
      },
    ])
  })

  it('omits what is unknown', () => {
    const {items} = written({...aNode('a').build(), ready: undefined})
    assert.deepEqual(items[0]?.['status'], {addresses: [], conditions: []})
  })
})
