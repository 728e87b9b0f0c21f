import assert from 'node:assert/strict'
import {Reader} from '../../../src/controller/reader.js'
import {ReadFailure} from '../../../src/controller/reconcile.js'
import {newStatus, type DaemonStatus} from '../../../src/controller/status.js'
import {Failure} from '../../../src/diagnostics/failure.js'
import {FakeClock} from './fake-clock.js'
import {EMPTY, FakeLog, FakeNginx, FakeSource} from './fakes.js'

const away = () => new Failure('cannot reach the API server', {code: 'api-refused', temporary: true})
const trigger = (at: number) => ({service: {kind: 'Service', namespace: 'default', name: 'web'}, at})

describe('Reader', () => {
  const {signal} = new AbortController()
  let clock: FakeClock
  let source: FakeSource
  let nginx: FakeNginx
  let log: FakeLog
  let status: DaemonStatus
  let reader: Reader

  beforeEach(() => {
    clock = new FakeClock()
    source = new FakeSource()
    nginx = new FakeNginx()
    log = new FakeLog()
    status = newStatus()
    reader = new Reader({source, nginx, status, clock, log}, signal)
  })

  it('returns the triggers of all changes that are not served yet', async () => {
    const triggersOf = async (at: number) => {
      source.triggers = [trigger(at)]
      const {snapshot, triggers} = await reader.read(signal)
      assert.equal(snapshot, EMPTY)
      return triggers?.map((each) => each.at)
    }
    assert.deepEqual(await triggersOf(1), [1])
    assert.deepEqual(await triggersOf(2), [1, 2])
    reader.noteServed()
    assert.deepEqual(await triggersOf(3), [3])
  })

  it('rejects with a ReadFailure, and clears it from the status after a successful read', async () => {
    status.readFailure = 'cannot reach the API server'
    source.onRead = () => Promise.reject(away())
    await assert.rejects(reader.read(signal), ReadFailure)
    assert.equal(status.readFailure, 'cannot reach the API server')
    source.onRead = async () => {}
    await reader.read(signal)
    assert.equal(status.readFailure, undefined)
  })

  it('rejects with a bug as it is while nothing is served, and as a Failure afterwards', async () => {
    const bug = new TypeError('x is not a function')
    source.onRead = () => Promise.reject(bug)
    await assert.rejects(reader.read(signal), bug)
    status.synced = true
    await assert.rejects(reader.read(signal), {code: 'unexpected'})
  })

  it('serves the configuration of an earlier lbex if the first read is slow', async () => {
    nginx.hasTree = true
    source.onRead = () => clock.delay(5000)
    const reading = reader.read(signal)
    await clock.advance(1999)
    assert.equal(nginx.resumes, 0)
    await clock.advance(1)
    assert.deepEqual([nginx.resumes, status.resumed], [1, true])
    await clock.advance(3000)
    assert.equal((await reading).snapshot, EMPTY)
  })

  it('waits without limit after a first apply', async () => {
    status.synced = true
    source.onRead = () => clock.delay(60_000)
    const reading = reader.read(signal)
    await clock.advance(60_000)
    await reading
    assert.equal(nginx.resumes, 0)
  })

  it('lets the loop continue if something is served', async () => {
    const permanent = new Failure('not allowed', {code: 'api-unauthorized'})
    assert.equal(await reader.canContinue(permanent), false)
    assert.equal(await reader.canContinue(away()), true)
    assert.equal(await reader.canContinue(new ReadFailure(away())), false)
    assert.equal(nginx.resumes, 1)
    nginx.hasTree = true
    assert.equal(await reader.canContinue(new ReadFailure(away())), true)
    assert.equal(await reader.canContinue(permanent), true)
    assert.deepEqual(log.said, ['warn the last good configuration is served until the cluster can be read'])
  })
})
