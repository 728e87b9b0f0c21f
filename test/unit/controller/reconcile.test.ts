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
      snapshot: EMPTY,
      translation: fakeTranslate(EMPTY, new Map()),
      triggers: [],
    })
    assert.deepEqual(
      nginx.applies.map((files) => files.map(({path}) => path)),
      [['services/80.conf', 'services/53.conf']],
    )
    assert.deepEqual(log.lines, [
      ['debug', 'source read', {services: 0}],
      ['info', 'configuration applied', {generation: 'abc', reloads: 1}],
    ])
  })

  it('serves a prepared change only after it was committed', async () => {
    const deps = {source, translate: fakeTranslate, nginx, log}
    const prepared = await prepareReconcile(deps, await readSource(source, signal), signal)
    assert.deepEqual([nginx.prepared, nginx.applies, log.said], [1, [], ['debug source read']])
    assert.deepEqual(prepared.latest().translation, fakeTranslate(EMPTY, new Map()))
    const {applied} = await commitReconcile(deps, prepared, signal)
    assert.deepEqual([nginx.applies.length, applied.generation], [1, 'abc'])
  })

  it('awaits the translation, and passes it the signal', async () => {
    const signals: AbortSignal[] = []
    const translate: ReconcileDeps['translate'] = async (snapshot, held, given) => {
      signals.push(given)
      return fakeTranslate(snapshot, held)
    }
    const {applied} = await reconcileOnce({source, translate, nginx, log}, signal)
    assert.deepEqual([applied.generation, signals], ['abc', [signal]])
  })

  it('logs an unchanged configuration at debug level', async () => {
    nginx.reloads = 0
    await reconcile()
    assert.deepEqual(log.lines.at(-1), ['debug', 'configuration unchanged', {generation: 'abc'}])
  })

  it('returns the diagnostics of all stages, located and sorted', async () => {
    source.diagnostics = [finding('c')]
    nginx.diagnostics = [finding('a')]
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    const {diagnostics} = await reconcile()
    assert.deepEqual(diagnostics, [finding('a', 7), finding('c', 7), finding('held 0.0.0.0:80/TCP', 7)])
  })

  it('leaves out unavailable listeners and asks for a retry', async () => {
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    const {retryAfter, unavailable} = await reconcile()
    assert.deepEqual([retryAfter, unavailable], [5000, 1])
    assert.deepEqual(
      nginx.applies.map((files) => files.map(({path}) => path)),
      [['services/53.conf']],
    )
  })

  it('leaves out listeners that are unavailable only at the commit', async () => {
    nginx.unavailablePorts = [{key: HTTP, error: {code: 'in-use'}}]
    nginx.takenPorts = [{key: {address: '::', port: 53, protocol: 'UDP'}, error: {code: 'in-use'}}]
    const {diagnostics, translation, retryAfter} = await reconcile()
    assert.deepEqual([nginx.applies, translation.files, retryAfter], [[[]], [], 5000])
    assert.deepEqual(diagnostics, [finding('held 0.0.0.0:80/TCP', 7), finding('held [::]:53/UDP', 7)])
  })

  it('rejects with the failure of a step', async () => {
    const failure = new Failure('the disk is full', {code: 'disk-full'})
    nginx.errors = [failure]
    await assert.rejects(reconcile(), failure)
  })

  it('rejects with a ReadFailure if reading fails, and with a bug as it is', async () => {
    source.onRead = () =>
      Promise.reject(new Failure('the API is unreachable', {code: 'away', hint: 'wait', temporary: true}))
    await assert.rejects(reconcile(), (error) => {
      assert.ok(error instanceof ReadFailure)
      const {message, code, hint, temporary} = error
      assert.deepEqual([message, code, hint, temporary], ['the API is unreachable', 'away', 'wait', true])
      return true
    })
    const bug = new TypeError('x is not a function')
    source.onRead = () => Promise.reject(bug)
    await assert.rejects(reconcile(), bug)
  })
})
