import assert from 'node:assert/strict'
import {DEFAULT_INTENT_OPTIONS} from '../../../src/core/intent/options.js'
import {findNodePortConflicts} from '../../../src/lint/node-port-conflicts.js'
import {aService} from '../../support/builders.js'

const service = (name: string, nodePort: number, protocol = 'TCP') =>
  aService(name).port('http', 80, {nodePort, protocol})
const found = (...services: ReturnType<typeof aService>[]) =>
  findNodePortConflicts(
    services.map((one) => one.build()),
    DEFAULT_INTENT_OPTIONS,
  ).map(({object, message}) => `${object.name}: ${message}`)

describe('findNodePortConflicts', () => {
  it('tells the later of two Services, whatever their order', () => {
    const expected = ['web: node port 30080/TCP is already allocated to Service default/api']
    assert.deepEqual(found(service('web', 30_080), service('api', 30_080)), expected)
    assert.deepEqual(found(service('api', 30_080), service('web', 30_080)), expected)
    assert.deepEqual(found(service('api', 30_080).notOurs(), service('web', 30_080)), expected)
  })

  it('reports the newer of two Services', () => {
    const old = service('web', 30_080).created('2025-01-01T00:00:00Z')
    assert.deepEqual(
      found(service('api', 30_080), old, service('bare', 30_080).without('creationTimestamp')),
      [
        'api: node port 30080/TCP is already allocated to Service default/web',
        'bare: node port 30080/TCP is already allocated to Service default/web',
      ],
    )
  })

  it('reports nothing if neither Service is for lbex', () => {
    assert.deepEqual(found(service('api', 30_080).notOurs(), service('web', 30_080).notOurs()), [])
  })

  it('ignores other ports, protocols and types', () => {
    assert.deepEqual(found(service('api', 30_080), service('web', 30_081)), [])
    assert.deepEqual(found(service('api', 30_080), service('web', 30_080, 'UDP')), [])
    assert.deepEqual(found(service('api', 30_080).with({type: 'ClusterIP'}), service('web', 30_080)), [])
    assert.deepEqual(
      found(aService('api').port('http', 80, {nodePort: 0}).bare(), aService('web').bare()),
      [],
    )
  })
})
