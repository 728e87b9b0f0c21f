import assert from 'node:assert/strict'
import type {WriteRequest} from '../../../src/kube/access.js'
import {ApiFailure} from '../../../src/kube/api-failure.js'
import {EventRecorder} from '../../../src/publish/event-recorder.js'
import type {EventDraft} from '../../../src/publish/events.js'
import type {WriteItem} from '../../../src/publish/write-queue.js'
import {FakeClock} from '../controller/fake-clock.js'

const MINUTE = 60_000
const service = {kind: 'Service', namespace: 'shop', name: 'web'}
const draft = (note: string, name = 'web'): EventDraft => ({
  ...{service: {...service, name}, uid: 'u', type: 'Warning', reason: 'NoBackend', action: 'Serve', note},
})

describe('publish/event-recorder', () => {
  let clock: FakeClock
  let sent: WriteRequest[]
  let failure: ApiFailure | undefined
  let hasRoom: boolean
  let recorder: EventRecorder
  let pending: WriteItem[]

  beforeEach(() => {
    clock = new FakeClock()
    sent = []
    pending = []
    failure = undefined
    hasRoom = true
    recorder = new EventRecorder({
      clock,
      instance: 'host-1',
      queue: {put: (item) => hasRoom && pending.push(item) > 0},
      write: async (_, request) => {
        sent.push(request)
        if (failure) throw failure
        return {}
      },
    })
  })

  async function written(): Promise<string[]> {
    const {signal} = new AbortController()
    for (const {work} of pending.splice(0)) await work(signal).catch(() => {})
    return sent.splice(0).map(({verb, body}) => {
      const {series} = body as {series?: {count: number}}
      return series ? `${verb} ${series.count}` : verb
    })
  }

  it('creates an Event, and counts repetitions in a series', async () => {
    recorder.note(draft('a'))
    assert.deepEqual(await written(), ['create'])
    for (let count = 0; count < 5; count += 1) recorder.note(draft('a'))
    assert.deepEqual(await written(), ['patch 6'])
    recorder.note(draft('a'))
    assert.deepEqual(await written(), [])
  })

  it('ends a series after six minutes, and then creates another Event', async () => {
    for (const minutes of [0, 0, 1]) {
      await clock.advance(minutes * MINUTE)
      recorder.note(draft('a'))
      await written()
    }
    await clock.advance(6 * MINUTE)
    recorder.tick()
    assert.deepEqual(await written(), ['patch 3'])
    recorder.note(draft('a'))
    assert.deepEqual(await written(), ['create'])
  })

  it('writes a continuing series every half an hour', async () => {
    const patches: string[] = []
    for (let minute = 0; minute <= 70; minute += 5) {
      recorder.note(draft('a'))
      recorder.tick()
      patches.push(...(await written()))
      await clock.advance(5 * MINUTE)
    }
    assert.deepEqual(patches, ['create', 'patch 2', 'patch 8', 'patch 14'])
  })

  it('allows 25 Events for each object, then one in five minutes', async () => {
    let serial = 0
    const noted = (): number =>
      Array.from({length: 40}, () => recorder.note(draft(`${(serial += 1)}`))).filter(Boolean).length
    assert.equal(noted(), 25)
    assert.equal(noted(), 0)
    assert.ok(recorder.note(draft('a', 'other')))
    await clock.advance(5 * MINUTE)
    recorder.tick()
    assert.equal(noted(), 1)
    await clock.advance(125 * MINUTE)
    recorder.tick()
    assert.equal(noted(), 25)
  })

  it('neither remembers nor counts an Event that there is no room for', async () => {
    hasRoom = false
    for (let at = 0; at < 50; at += 1) assert.equal(recorder.note(draft('a')), false)
    hasRoom = true
    assert.equal(recorder.note(draft('a')), true)
    assert.deepEqual(await written(), ['create'])
  })

  it('creates the Event again if the API server has deleted it', async () => {
    recorder.note(draft('a'))
    await written()
    recorder.note(draft('a'))
    failure = new ApiFailure('gone', {code: 'api-absent', status: 404})
    assert.deepEqual(await written(), ['patch 2', 'create 2'])
  })

  it('recognizes its own Event after a lost response', async () => {
    recorder.note(draft('a'))
    failure = new ApiFailure('there is one', {code: 'api-conflict', status: 409, temporary: true})
    await written()
    failure = undefined
    recorder.note(draft('a'))
    assert.deepEqual(await written(), ['patch 2'])
  })
})
