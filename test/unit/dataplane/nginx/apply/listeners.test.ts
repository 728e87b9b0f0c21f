import assert from 'node:assert/strict'
import fc from 'fast-check'
import type {ListenerKey} from '../../../../../src/core/model/listener-key.js'
import {listensOnMore, movedPorts, overlaps} from '../../../../../src/dataplane/nginx/apply/listeners.js'

const key = (address: string, port = 80, protocol: 'TCP' | 'UDP' = 'TCP'): ListenerKey => ({
  address,
  port,
  protocol,
})

const anyKey = fc.record({
  address: fc.constantFrom('0.0.0.0', '127.0.0.1', '10.0.0.1', '::', '::1'),
  port: fc.constantFrom(80, 81),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
})

describe('overlaps', () => {
  it('an address with itself and with the wildcard of its family', () => {
    assert.equal(overlaps(key('10.0.0.1'), key('10.0.0.1')), true)
    assert.equal(overlaps(key('10.0.0.1'), key('0.0.0.0')), true)
    assert.equal(overlaps(key('::'), key('::1')), true)
  })

  it('not with another address, port, protocol or family', () => {
    for (const other of [key('10.0.0.2'), key('10.0.0.1', 81), key('10.0.0.1', 80, 'UDP'), key('::')]) {
      assert.equal(overlaps(key('10.0.0.1'), other), false)
    }
  })

  it('is the same from both sides', () => {
    fc.assert(fc.property(anyKey, anyKey, (a, b) => assert.equal(overlaps(a, b), overlaps(b, a))))
  })
})

describe('movedPorts', () => {
  const moved = (before: ListenerKey[], after: ListenerKey[]): string[] => [...movedPorts(before, after)]

  it('from an address to the wildcard, and back', () => {
    assert.deepEqual(moved([key('10.0.0.1')], [key('0.0.0.0')]), ['IPv4:80/TCP'])
    assert.deepEqual(moved([key('0.0.0.0')], [key('10.0.0.1')]), ['IPv4:80/TCP'])
    assert.deepEqual(moved([key('0.0.0.0'), key('10.0.0.1')], [key('10.0.0.1')]), ['IPv4:80/TCP'])
  })

  it('not where the wildcard stays: NGINX opens one socket for all', () => {
    assert.deepEqual(moved([key('0.0.0.0')], [key('0.0.0.0'), key('10.0.0.1')]), [])
    assert.deepEqual(moved([key('10.0.0.1')], [key('10.0.0.2')]), [])
    assert.deepEqual(moved([key('10.0.0.1')], []), [])
    assert.deepEqual(moved([key('10.0.0.1')], [key('::'), key('0.0.0.0', 81), key('0.0.0.0', 80, 'UDP')]), [])
  })

  it('never without a change, and the same ports in both directions', () => {
    const keys = fc.array(anyKey, {maxLength: 8})
    fc.assert(fc.property(keys, (some) => assert.deepEqual(moved(some, some), [])))
    fc.assert(fc.property(keys, keys, (a, b) => assert.deepEqual(moved(a, b).sort(), moved(b, a).sort())))
  })
})

describe('listensOnMore', () => {
  const more = (older: ListenerKey[], wanted: ListenerKey[]): boolean => listensOnMore(older, wanted)

  it('is true if the Service has left an address of a family that it still listens for', () => {
    assert.equal(more([key('0.0.0.0')], [key('10.0.0.1')]), true)
    assert.equal(more([key('10.0.0.1'), key('10.0.0.2')], [key('10.0.0.1')]), true)
  })

  it('is false if it listens on the same addresses or on more, or has left the whole family', () => {
    assert.equal(more([key('10.0.0.1')], [key('0.0.0.0')]), false)
    assert.equal(more([key('10.0.0.1')], [key('10.0.0.1'), key('10.0.0.2', 81)]), false)
    assert.equal(more([key('::'), key('10.0.0.1')], [key('10.0.0.1')]), false)
  })
})
