import assert from 'node:assert/strict'
import {isLocal, isLoopback} from '../../../src/util/local-client.js'

describe('a client', () => {
  const CASES = [
    {from: '127.0.0.1', to: '127.0.0.1', local: true, loopback: true},
    {from: '127.0.0.2', to: '127.0.0.1', local: true, loopback: true},
    {from: '::ffff:127.0.0.1', to: '::ffff:127.0.0.1', local: true, loopback: true},
    {from: '::1', to: '::1', local: true, loopback: true},
    // So does NGINX, for the clients of a Service whose server is an address of this host.
    {from: '192.0.2.7', to: '192.0.2.7', local: true, loopback: false},
    {from: '::ffff:192.0.2.7', to: '::ffff:192.0.2.7', local: true, loopback: false},
    {from: '127.0.0.1', to: '192.0.2.7', local: true, loopback: false},
    {from: '192.0.2.9', to: '192.0.2.7', local: false, loopback: false},
    // With the sysctl route_localnet, the kernel accepts such packets from a network.
    {from: '192.0.2.9', to: '127.0.0.1', local: false, loopback: false},
    {from: undefined, to: undefined, local: false, loopback: false},
  ]
  for (const {from, to, local, loopback} of CASES)
    it(`from ${from} to ${to} is ${local ? '' : 'not '}local and ${loopback ? '' : 'not '}on loopback`, () => {
      const ends = {remoteAddress: from, localAddress: to}
      assert.deepEqual([isLocal(ends), isLoopback(ends)], [local, loopback])
    })
})
