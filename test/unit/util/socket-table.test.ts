import assert from 'node:assert/strict'
import {endpointOf, hexKey, parseSocket} from '../../../src/util/socket-table.js'

describe('parseSocket', () => {
  it('reads the addresses, the state and the inode of a line', () => {
    const rest = '00000000:00000000 00:00000000 00000000  1000        0 12345 2 0000000000000000 7'
    assert.deepEqual(parseSocket(`   0: 0100007F:1F90 070200C0:C69A 01 ${rest}`), {
      local: '0100007F:1F90',
      remote: '070200C0:C69A',
      state: '01',
      inode: '12345',
    })
    for (const line of ['', '  sl  local_address rem_address   st tx_queue', '0: x:1F90 y:C69A 01'])
      assert.equal(parseSocket(line), undefined, line)
  })
})

describe('hexKey and endpointOf', () => {
  it('are the reverse of each other', () => {
    for (const address of ['127.0.0.1', '192.0.2.7', '::1', 'fd00::1:2:3']) {
      const key = hexKey({address, port: 8080})
      assert.match(key, /^([\dA-F]{8}|[\dA-F]{32}):1F90$/)
      assert.deepEqual(endpointOf(key), {address, port: 8080})
    }
  })
})
