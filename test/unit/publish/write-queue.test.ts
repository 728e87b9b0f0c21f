import assert from 'node:assert/strict'
import {type Failure} from '../../../src/diagnostics/failure.js'
import {ApiFailure} from '../../../src/kube/api-failure.js'
import {WriteQueue, type WriteItem} from '../../../src/publish/write-queue.js'
import {FakeClock, settled} from '../controller/fake-clock.js'
import {FakeLog} from '../controller/fakes.js'

const failing = (code: string, details: object = {temporary: true}) =>
  new ApiFailure(`it is ${code}`, {code, ...details})

describe('publish/write-queue', () => {
  let clock: FakeClock
  let log: FakeLog
  let queue: WriteQueue
  let done: string[]
  let ending: AbortController
  let running: Promise<void>

  beforeEach(() => {
    clock = new FakeClock()
    log = new FakeLog()
    done = []
    ending = new AbortController()
    queue = new WriteQueue({clock, log, random: () => 0})
    running = queue.run(ending.signal)
  })
  afterEach(async () => {
    ending.abort()
    await running
  })

  it('makes Node.js print no warning, however many writes listen to the signal', async () => {
    const warnings: string[] = []
    const note = ({name}: Error): void => void warnings.push(name)
    process.on('warning', note)
    const {signal} = ending
    const hang = () => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    for (let at = 0; at < 30; at += 1) queue.put(item(`${at}`, hang))
    await clock.advance(1000)
    process.off('warning', note)
    assert.equal(done.length, 10)
    assert.deepEqual(warnings, [])
  })

  const item = (key: string, work: () => unknown = () => {}, fields: Partial<WriteItem> = {}): WriteItem => ({
    ...{key, scope: 'status/shop', priority: 'high'},
    work: async () => {
      done.push(key)
      await work()
    },
    ...fields,
  })

  it('runs the newest work of each key, concurrently with other keys', async () => {
    queue.put(item('a', () => assert.fail('it is outdated')))
    queue.put(item('a'))
    queue.put(item('b'))
    await settled()
    assert.deepEqual([done, queue.length], [['a', 'b'], 0])
  })

  it('runs work again that was put while it was running', async () => {
    let release = (): void => {}
    queue.put(item('a', () => new Promise<void>((resolve) => (release = resolve))))
    await settled()
    queue.put(item('a'))
    await settled()
    assert.deepEqual(done, ['a'])
    release()
    await settled()
    assert.deepEqual([done, queue.length], [['a', 'a'], 0])
  })

  it('runs items of high priority first', async () => {
    for (let at = 0; at < 3; at += 1) queue.put(item(`low-${at}`, undefined, {priority: 'low'}))
    queue.put(item('high'))
    await settled()
    assert.deepEqual(done[0], 'high')
  })

  it('reserves slots for items of high priority', async () => {
    const waiting = () =>
      new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()))
    for (let at = 0; at < 20; at += 1) queue.put(item(`low-${at}`, waiting, {priority: 'low'}))
    await settled()
    assert.equal(done.length, 2)
    queue.put(item('high'))
    await settled()
    assert.deepEqual(done.slice(2), ['high'])
  })

  it('limits the number of items of low priority', () => {
    for (let at = 0; at < 2000; at += 1) assert.ok(queue.put(item(`low-${at}`, undefined, {priority: 'low'})))
    assert.equal(queue.put(item('one-more', undefined, {priority: 'low'})), false)
    assert.ok(queue.put(item('low-7', undefined, {priority: 'low'})))
    assert.ok(queue.put(item('high')))
    queue.drop('low-1')
    assert.ok(queue.put(item('one-more', undefined, {priority: 'low'})))
  })

  it('retries with back-off', async () => {
    queue.put(item('a', () => Promise.reject(failing('api-error'))))
    for (const wait of [0, 500, 1000, 2000]) await clock.advance(wait)
    assert.equal(done.length, 4)
    queue.drop('a')
    await clock.advance(60_000)
    assert.deepEqual([done.length, queue.length], [4, 0])
  })

  it('drops an item whose object no longer exists', async () => {
    queue.put(item('a', () => Promise.reject(failing('api-absent', {status: 404}))))
    await settled()
    assert.equal(queue.length, 0)
  })

  it('pauses all writes while the API server is unreachable, and for its Retry-After', async () => {
    let failure: Failure | undefined = failing('api-refused')
    const work = (): unknown => failure && Promise.reject(failure)
    queue.put(item('a', work))
    await settled()
    queue.put(item('b', work))
    await clock.advance(499)
    assert.deepEqual(done, ['a'])
    failure = failing('api-busy', {temporary: true, retryAfter: 30_000})
    await clock.advance(1)
    const {length} = done
    const {pausedFor, ...counts} = queue.details
    assert.deepEqual(counts, {pending: 2, events: 0, running: 0, scopes: new Map()})
    assert.equal(pausedFor, 30_000)
    await clock.advance(29_999)
    assert.equal(done.length, length)
    failure = undefined
    await clock.advance(60_000)
    assert.equal(queue.length, 0)
  })

  it('pauses a scope whose permission is missing, and logs that once until the permission is granted', async () => {
    let failure: Failure | undefined = failing('api-forbidden', {hint: 'grant it'})
    const work = (): unknown => failure && Promise.reject(failure)
    queue.put(item('a', work))
    await settled()
    queue.put(item('b', work))
    queue.put(item('c', undefined, {scope: 'event/shop'}))
    await clock.advance(299_999)
    assert.deepEqual(done, ['a', 'c'])
    assert.deepEqual(queue.details.scopes, new Map([['status/shop', 1]]))
    await clock.advance(1)
    assert.equal(log.said.filter((line) => line.startsWith('warn')).length, 1)
    failure = undefined
    await clock.advance(300_000)
    assert.equal(queue.length, 0)
    failure = failing('api-forbidden', {hint: 'grant it'})
    queue.put(item('d', work))
    await settled()
    assert.equal(log.said.filter((line) => line.startsWith('warn')).length, 2)
  })

  it('lets everything wait while the credentials are not accepted, and logs that once', async () => {
    let failure: Failure | undefined = failing('api-unauthorized', {status: 401})
    const work = (): unknown => failure && Promise.reject(failure)
    for (let at = 0; at < 50; at += 1) queue.put(item(`web-${at}`, work))
    await clock.advance(300_000)
    assert.ok(done.length < 200, `${done.length} attempts`)
    assert.equal(log.said.filter((line) => line.startsWith('warn')).length, 1)
    failure = undefined
    await clock.advance(120_000)
    assert.equal(queue.length, 0)
  })

  it('does not begin before the time of an item', async () => {
    queue.put(item('a', undefined, {notBefore: 5000}))
    await clock.advance(4999)
    assert.deepEqual(done, [])
    await clock.advance(1)
    assert.deepEqual(done, ['a'])
  })

  it('begins at once when a newer item need not wait any longer', async () => {
    queue.put(item('a', undefined, {notBefore: 600_000}))
    await settled()
    queue.put(item('a'))
    await settled()
    assert.deepEqual(done, ['a'])
  })

  it('keeps an item that was put while the API server deleted the object of the older one', async () => {
    let answer = (_: unknown): void => {}
    queue.put(item('a', () => new Promise((_, reject) => (answer = reject))))
    await settled()
    queue.put(item('a'))
    answer(failing('api-absent', {status: 404}))
    await clock.advance(60_000)
    assert.deepEqual([done, queue.length], [['a', 'a'], 0])
  })

  it('survives a bug, which it logs with its stack', async () => {
    queue.put(item('a', () => Promise.reject(new TypeError('x is undefined'))))
    queue.put(item('b'))
    await settled()
    assert.deepEqual(done, ['a', 'b'])
    assert.match(String(log.lines[0]?.[2]?.['stack']), /TypeError: x is undefined/)
  })

  it('aborts the work in progress', async () => {
    let hasEnded = false
    queue.put({
      ...item('a'),
      work: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            hasEnded = true
            reject(signal.reason as Error)
          })
        }),
    })
    await settled()
    ending.abort()
    await running
    assert.deepEqual([hasEnded, log.said], [true, []])
  })

  it('flushes until no item is due soon', async () => {
    queue.put(item('a', () => Promise.reject(failing('api-forbidden', {}))))
    queue.put(item('b', undefined, {scope: 'event/shop'}))
    await queue.flush(1000)
    assert.deepEqual([done, clock.now()], [['a', 'b'], 0])
  })
})
