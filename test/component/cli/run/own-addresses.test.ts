import assert from 'node:assert/strict'
import {isIP} from 'node:net'
import {networkInterfaces} from 'node:os'
import {ownAddresses} from '../../../../src/cli/run/own-addresses.js'

describe('ownAddresses', () => {
  const {signal} = new AbortController()

  it('does not wait for DNS any longer after the signal', async () => {
    assert.deepEqual(await ownAddresses([], new URL('https://no.invalid'), AbortSignal.abort()), [])
  })

  it('are those that lbex listens on', async () => {
    assert.deepEqual(await ownAddresses(['192.0.2.1', '2001:db8::1', '::'], undefined, signal), [
      '192.0.2.1',
      '2001:db8::1',
    ])
  })

  it('are else the one towards the API server, but never a loopback address', async () => {
    const own = Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses.map(({address}) => address),
    )
    for (const server of [
      undefined,
      'http://127.0.0.1:8001',
      'https://[::1]:6443',
      'https://192.0.2.9',
      'http://no.invalid',
    ]) {
      const url = server === undefined ? undefined : new URL(server)
      const found = await ownAddresses(['0.0.0.0', '::'], url, signal)
      assert.ok(found.length <= 1)
      for (const address of found) {
        assert.ok(isIP(address) > 0 && own.includes(address), address)
        assert.doesNotMatch(address, /^(127\.|::1$)/)
      }
    }
  })
})
