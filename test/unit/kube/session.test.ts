import assert from 'node:assert/strict'
import {Failure} from '../../../src/diagnostics/failure.js'
import type {Credentials, CredentialSource} from '../../../src/kube/credentials.js'
import {Sessions} from '../../../src/kube/session.js'
import {FakeClock} from '../controller/fake-clock.js'

function credentials(token: string, ca = 'authority'): Credentials {
  return {server: new URL('https://10.0.0.1'), headers: {authorization: `Bearer ${token}`}, tls: {ca}}
}

/** Gives whatever is put in, and counts. */
class FakeCredentials implements CredentialSource {
  readonly through = 'a test'
  next: Credentials | Failure = credentials('one')
  readonly loads: ('fresh' | 'remembered')[] = []

  async load(fresh: boolean): Promise<Credentials> {
    this.loads.push(fresh ? 'fresh' : 'remembered')
    if (this.next instanceof Failure) throw this.next
    return this.next
  }
}

describe('kube/session', () => {
  let clock: FakeClock
  let source: FakeCredentials
  let sessions: Sessions

  beforeEach(() => {
    clock = new FakeClock()
    source = new FakeCredentials()
    sessions = new Sessions(source, clock)
  })
  afterEach(() => sessions.close())

  it('loads once for all who ask', async () => {
    const [a, b] = await Promise.all([sessions.current(), sessions.current()])
    assert.equal(a, b)
    assert.equal(await sessions.current(), a)
    assert.deepEqual(source.loads, ['remembered'])
  })

  it('reads again after a minute, and keeps what did not change', async () => {
    const first = await sessions.current()
    await clock.advance(60_000)
    assert.equal(await sessions.current(), first)
    assert.deepEqual(source.loads, ['remembered', 'remembered'])
  })

  it('keeps the connections when only the token is new', async () => {
    const first = await sessions.current()
    source.next = credentials('two')
    await clock.advance(60_000)
    const second = await sessions.current()
    assert.deepEqual(second.headers, {authorization: 'Bearer two'})
    assert.equal(second.agent, first.agent)
  })

  it('makes new connections when the certificates are new', async () => {
    const first = await sessions.current()
    source.next = credentials('one', 'another authority')
    await clock.advance(60_000)
    const second = await sessions.current()
    assert.notEqual(second.agent, first.agent)
    assert.equal(first.agent.maxFreeSockets, 0)
  })

  it('renews what was refused, once for all who ask', async () => {
    const first = await sessions.current()
    source.next = credentials('two')
    const [a, b] = await Promise.all([sessions.renew(first), sessions.renew(first)])
    assert.deepEqual(a?.headers, {authorization: 'Bearer two'})
    assert.equal(a, b)
    assert.equal(await sessions.renew(first), a)
    assert.deepEqual(source.loads, ['remembered', 'fresh'])
  })

  it('says so when there is nothing else', async () => {
    const first = await sessions.current()
    assert.equal(await sessions.renew(first), undefined)
  })

  it('goes on with what it has while files are being replaced', async () => {
    const first = await sessions.current()
    source.next = new Failure('cannot read the key', {code: 'credentials-failed'})
    await clock.advance(60_000)
    assert.equal(await sessions.current(), first)
  })

  it('rejects when there never was anything', async () => {
    source.next = new Failure('cannot read the key', {code: 'credentials-failed'})
    await assert.rejects(sessions.current(), {code: 'credentials-failed'})
    source.next = credentials('one')
    assert.deepEqual((await sessions.current()).headers, {authorization: 'Bearer one'})
  })

  it('reads again at once when told to', async () => {
    await sessions.current()
    sessions.expire()
    await sessions.current()
    assert.deepEqual(source.loads, ['remembered', 'remembered'])
  })
})
