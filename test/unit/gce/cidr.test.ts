import assert from 'node:assert/strict'
import {overlap, prefixFor, usableAddresses} from '../../../src/gce/cidr.js'

describe('gce/cidr', () => {
  it('counts the hosts that fit', () => {
    assert.deepEqual(['10.0.0.0/28', '10.0.0.0/27', '10.0.0.0/29'].map(usableAddresses), [12, 28, 4])
  })

  it('finds the smallest subnet for some hosts', () => {
    assert.deepEqual([4, 12, 13, 28, 29].map(prefixFor), [29, 28, 27, 27, 26])
  })

  it('detects overlapping ranges', () => {
    assert.equal(overlap('10.0.0.0/8', '10.150.0.0/27'), true)
    assert.equal(overlap('10.150.0.0/27', '10.0.0.0/8'), true)
    assert.equal(overlap('10.150.0.0/27', '10.150.0.32/27'), false)
  })
})
