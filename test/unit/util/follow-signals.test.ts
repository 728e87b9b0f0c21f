import assert from 'node:assert/strict'
import {getEventListeners} from 'node:events'
import {followSignals} from '../../../src/util/follow-signals.js'

describe('followSignals', () => {
  const listeners = ({signal}: AbortController): number => getEventListeners(signal, 'abort').length
  let first: AbortController
  let second: AbortController
  let own: AbortController

  beforeEach(() => {
    first = new AbortController()
    second = new AbortController()
  })

  const work = (controller: AbortController): Promise<string> => {
    own = controller
    return new Promise((resolve, reject) => {
      own.signal.addEventListener('abort', () => reject(own.signal.reason as Error))
      if (own.signal.aborted) resolve('too late')
    })
  }

  it('aborts the work when one of the signals aborts, with its reason', async () => {
    const done = followSignals([first.signal, second.signal], work)
    const reason = new Error('enough')
    second.abort(reason)
    await assert.rejects(done, reason)
    first.abort()
    assert.equal(own.signal.reason, reason)
  })

  it('begins with an aborted signal if one has aborted before', async () => {
    second.abort(new Error('long ago'))
    assert.equal(await followSignals([first.signal, second.signal], work), 'too late')
    assert.match(String(own.signal.reason), /long ago/)
  })

  it('leaves nothing behind on the signals, however the work ends', async () => {
    assert.equal(await followSignals([first.signal, second.signal], async () => 7), 7)
    await assert.rejects(
      followSignals([first.signal], () => Promise.reject(new Error('no'))),
      /no/,
    )
    assert.deepEqual([listeners(first), listeners(second)], [0, 0])
  })

  it('lets the work abort its own signal, and no other', async () => {
    await followSignals([first.signal], async (controller) => controller.abort())
    assert.equal(first.signal.aborted, false)
  })
})
