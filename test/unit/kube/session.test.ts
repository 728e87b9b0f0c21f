import assert from 'node:assert/strict'
import {Failure} from '../../../src/diagnostics/failure.js'
import type {Credentials, CredentialSource} from '../../../src/kube/credentials.js'
import {Sessions} from '../../../src/kube/session.js'
import {FakeClock} from '../controller/fake-clock.js'

function credentials(token: string, ca = 'authority'): Credentials {
  return {server: new URL('https://10.0.0.1'), headers: {authorization: `Bearer ${token}`}, tls: {ca}}
}

/** Returns the given credentials, and counts the loads. */
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

  it('loads once for concurrent callers', async () => {
    const [a, b] = await Promise.all([sessions.current(), sessions.current()])
    assert.equal(a, b)
    assert.equal(await sessions.current(), a)
    assert.deepEqual(source.loads, ['remembered'])
  })

  it('reloads after a minute, and keeps the session if nothing changed', async () => {
    const first = await sessions.current()
    await clock.advance(60_000)
    assert.equal(await sessions.current(), first)
    assert.deepEqual(source.loads, ['remembered', 'remembered'])
  })

  it('keeps the connections if only the token is new', async () => {
    const first = await sessions.current()
    source.next = credentials('two')
    await clock.advance(60_000)
    const second = await sessions.current()
    assert.deepEqual(second.headers, {authorization: 'Bearer two'})
    assert.equal(second.agent, first.agent)
  })

  it('makes new connections if the certificates are new', async () => {
    const first = await sessions.current()
    source.next = credentials('one', 'another authority')
    await clock.advance(60_000)
    const second = await sessions.current()
    assert.notEqual(second.agent, first.agent)
    assert.equal(first.agent.maxFreeSockets, 0)
  })

  it('renews rejected credentials once for concurrent callers', async () => {
    const first = await sessions.current()
    source.next = credentials('two')
    const [a, b] = await Promise.all([sessions.renew(first), sessions.renew(first)])
    assert.deepEqual(a?.headers, {authorization: 'Bearer two'})
    assert.equal(a, b)
    assert.equal(await sessions.renew(first), a)
    assert.deepEqual(source.loads, ['remembered', 'fresh'])
  })

  it('returns undefined if a reload gives the same credentials', async () => {
    const first = await sessions.current()
    assert.equal(await sessions.renew(first), undefined)
  })

  it('keeps the old credentials if a reload fails', async () => {
    const first = await sessions.current()
    source.next = new Failure('cannot read the key', {code: 'credentials-failed'})
    await clock.advance(60_000)
    assert.equal(await sessions.current(), first)
  })

  it('rejects if credentials were never loaded', async () => {
    source.next = new Failure('cannot read the key', {code: 'credentials-failed'})
    await assert.rejects(sessions.current(), {code: 'credentials-failed'})
    source.next = credentials('one')
    assert.deepEqual((await sessions.current()).headers, {authorization: 'Bearer one'})
  })

  it('reloads on the next request after expire()', async () => {
    await sessions.current()
    sessions.expire()
    await sessions.current()
    assert.deepEqual(source.loads, ['remembered', 'remembered'])
  })
})
