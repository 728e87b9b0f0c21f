import assert from 'node:assert/strict'
import type {networkInterfaces, NetworkInterfaceInfo} from 'node:os'
import {hostAddressReader} from '../../../../../src/dataplane/nginx/host/host-addresses.js'

describe('hostAddressReader', () => {
  const lo = (...addresses: string[]) => ({
    lo: addresses.map((address) => ({address}) as NetworkInterfaceInfo),
  })

  it('gives the same set until an address comes or goes', () => {
    let interfaces: ReturnType<typeof networkInterfaces> = lo('127.0.0.1', '192.0.2.1')
    const read = hostAddressReader(() => interfaces)
    const first = read()
    assert.deepEqual([...first], ['127.0.0.1', '192.0.2.1'])
    interfaces = lo('192.0.2.1', '127.0.0.1')
    assert.equal(read(), first)
    interfaces = lo('127.0.0.1', '192.0.2.2')
    assert.deepEqual([...read()], ['127.0.0.1', '192.0.2.2'])
  })

  it('knows the loopback address of this host', () => {
    assert.ok(hostAddressReader()().has('127.0.0.1'))
  })
})
