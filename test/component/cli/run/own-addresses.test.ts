import assert from 'node:assert/strict'
import {isIP} from 'node:net'
import {networkInterfaces} from 'node:os'
import {FakeClock} from '../../../unit/controller/fake-clock.js'
import {FakeLog} from '../../../unit/controller/fakes.js'
import {OwnAddresses, ownAddresses} from '../../../../src/cli/run/own-addresses.js'

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

describe('OwnAddresses', () => {
  let clock: FakeClock
  let log: FakeLog
  let found: readonly string[]
  let present: readonly string[]
  let changes: string[]
  let ending: AbortController
  let own: OwnAddresses
  let watching: Promise<void>

  async function open(listenAddresses: readonly string[] = ['0.0.0.0']): Promise<void> {
    clock = new FakeClock()
    log = new FakeLog()
    ending = new AbortController()
    changes = []
    own = new OwnAddresses({
      ...{clock, log, listenAddresses, server: undefined},
      find: async () => found,
      present: () => new Set(present),
    })
    await own.read(ending.signal)
    watching = own.watch(() => changes.push(own.current.join()), ending.signal)
  }

  beforeEach(() => {
    found = present = ['192.0.2.1']
  })
  afterEach(async () => {
    ending.abort()
    await watching
  })

  it('follow the address that the host gets', async () => {
    await open()
    found = present = ['192.0.2.2']
    await clock.advance(10_000)
    assert.deepEqual([own.current, changes], [['192.0.2.2'], ['192.0.2.2']])
    assert.deepEqual(log.said, ['info the address of this host has changed'])
  })

  it('are looked for again until the host has one', async () => {
    found = present = []
    await open()
    await clock.advance(60_000)
    assert.deepEqual([own.current, changes], [[], []])
    found = present = ['192.0.2.1']
    await clock.advance(10_000)
    assert.deepEqual(own.current, ['192.0.2.1'])
  })

  it('stay while the host has them, and while it has no other', async () => {
    await open()
    found = ['192.0.2.2']
    await clock.advance(60_000)
    found = present = []
    await clock.advance(60_000)
    assert.deepEqual([own.current, changes], [['192.0.2.1'], []])
  })

  it('stay if the operator has set them', async () => {
    await open(['192.0.2.1'])
    found = present = ['192.0.2.2']
    await clock.advance(60_000)
    assert.deepEqual([own.current, changes], [['192.0.2.1'], []])
  })
})
