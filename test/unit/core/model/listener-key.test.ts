import assert from 'node:assert/strict'
import {
  bracketed,
  describeListeners,
  describePorts,
  isWildcard,
  listenerId,
  portId,
} from '../../../../src/core/model/listener-key.js'

describe('listenerId', () => {
  it('is equal only for equal keys', () => {
    assert.equal(listenerId({address: '0.0.0.0', port: 80, protocol: 'TCP'}), '0.0.0.0:80/TCP')
    assert.equal(listenerId({address: '::', port: 53, protocol: 'UDP'}), '[::]:53/UDP')
  })
})

describe('describeListeners', () => {
  const key = (port: number) => ({address: '::', port, protocol: 'TCP'}) as const

  it('is the listenerId of a single listener, and joins the ports of several', () => {
    assert.equal(describeListeners([key(80)]), listenerId(key(80)))
    assert.equal(describeListeners([82, 80, 81, 81, 90].map(key)), '[::]:80-82,90/TCP')
  })

  it('counts ranges that are not named', () => {
    assert.equal(describePorts([1, 3, 5, 7, 9]), '1,3,5,7,9')
    assert.equal(describePorts([1, 3, 5, 6, 7, 9, 11, 13]), '1,3,5-7,9,11 and 1 more')
  })
})

describe('bracketed', () => {
  it('puts only IPv6 addresses in brackets', () => {
    assert.equal(bracketed('fd00::1'), '[fd00::1]')
    assert.equal(bracketed('10.0.0.1'), '10.0.0.1')
  })
})

describe('isWildcard', () => {
  it('recognizes the wildcard addresses of both families', () => {
    assert.deepEqual(['0.0.0.0', '::', '10.0.0.1', '::1'].map(isWildcard), [true, true, false, false])
  })
})

describe('portId', () => {
  it('is equal for all addresses of a family', () => {
    assert.equal(portId({address: '10.0.0.1', port: 53, protocol: 'UDP'}), 'IPv4:53/UDP')
    assert.equal(portId({address: '0.0.0.0', port: 53, protocol: 'UDP'}), 'IPv4:53/UDP')
    assert.equal(portId({address: '::', port: 80, protocol: 'TCP'}), 'IPv6:80/TCP')
  })
})
