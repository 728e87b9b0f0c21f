import assert from 'node:assert/strict'
import {
  commitReconcile,
  prepareReconcile,
  ReadFailure,
  readSource,
  reconcileOnce,
  type ReconcileDeps,
} from '../../../src/controller/reconcile.js'
import {Failure} from '../../../src/diagnostics/failure.js'
import {EMPTY, FakeLog, FakeNginx, FakeSource, fakeTranslate, finding, HTTP} from './fakes.js'

describe('reconcileOnce', () => {
  const signal = new AbortController().signal
  let source: FakeSource
  let nginx: FakeNginx
  let log: FakeLog
  const reconcile = () => reconcileOnce({source, translate: fakeTranslate, nginx, log}, signal)

  beforeEach(() => {
    source = new FakeSource()
    nginx = new FakeNginx()
    log = new FakeLog()
  })

  it('reads, translates and applies', async () => {
    const outcome = await reconcile()
    assert.deepEqual(outcome, {
      applied: {generation: 'abc', changed: true, reloads: 1, diagnostics: [], quarantined: []},
      diagnostics: [],
      translation: fakeTranslate(EMPTY, new Map()),
      triggers: [],
    })
    assert.deepEqual(
      nginx.applies.map((files) => files.map(({path}) => path)),
      [['services/80.conf', 'services/53.conf']],
    )
    assert.deepEqual(log.lines, [['info', 'configuration applied', {generation: 'abc', reloads: 1}]])
  })

  it('serves nothing before what was prepared is committed', async () => {
    const deps = {source, translate: fakeTranslate, nginx, log}
    const prepared = await prepareReconcile(deps, await readSource(source, signal), signal)
    assert.deepEqual([nginx.prepared, nginx.applies, log.lines], [1, [], []])
    assert.deepEqual(prepared.latest().translation, fakeTranslate(EMPTY, new Map()))
    const {applied} = await commitReconcile(deps, prepared, signal)
    assert.deepEqual([nginx.applies.length, applied.generation], [1, 'abc'])
  })

  it('waits for a translation that takes its time, and tells it when to give up', async () => {
    const told: AbortSignal[] = []
    const translate: ReconcileDeps['translate'] = async (snapshot, held, given) => {
      told.push(given)
      return fakeTranslate(snapshot, held)
    }
    const {applied} = await reconcileOnce({source, translate, nginx, log}, signal)
    assert.deepEqual([applied.generation, told], ['abc', [signal]])
  })

  it('says at debug level that nothing had to change', async () => {
    nginx.reloads = 0
    await reconcile()
    assert.deepEqual(log.lines, [['debug', 'configuration unchanged', {generation: 'abc'}]])
  })

  it('returns the diagnostics of all stages, located and sorted', async () => {
    source.diagnostics = [finding('c')]
    nginx.diagnostics = [finding('a')]
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    const {diagnostics} = await reconcile()
    assert.deepEqual(diagnostics, [finding('a', 7), finding('c', 7), finding('held 0.0.0.0:80/TCP', 7)])
  })

  it('leaves out listeners that are held and asks to be called again', async () => {
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    const {retryAfter} = await reconcile()
    assert.equal(retryAfter, 5000)
    assert.deepEqual(
      nginx.applies.map((files) => files.map(({path}) => path)),
      [['services/53.conf']],
    )
  })

  it('leaves out listeners that NGINX finds to be held, beside those that the probe found', async () => {
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    nginx.takenPorts = [{key: {address: '::', port: 53, protocol: 'UDP'}, error: {code: 'in-use'}}]
    const {diagnostics, translation, retryAfter} = await reconcile()
    assert.deepEqual([nginx.applies, translation.files, retryAfter], [[[]], [], 5000])
    assert.deepEqual(diagnostics, [finding('held 0.0.0.0:80/TCP', 7), finding('held [::]:53/UDP', 7)])
  })

  it('passes a failure on', async () => {
    const failure = new Failure('the disk is full', {code: 'disk-full'})
    nginx.errors = [failure]
    await assert.rejects(reconcile(), failure)
  })

  it('tells a failure to read from others, and a bug from both', async () => {
    source.onRead = () =>
      Promise.reject(new Failure('the API is away', {code: 'away', hint: 'wait', temporary: true}))
    await assert.rejects(reconcile(), (error) => {
      assert.ok(error instanceof ReadFailure)
      const {message, code, hint, temporary} = error
      assert.deepEqual([message, code, hint, temporary], ['the API is away', 'away', 'wait', true])
      return true
    })
    const bug = new TypeError('x is not a function')
    source.onRead = () => Promise.reject(bug)
    await assert.rejects(reconcile(), bug)
  })
})
