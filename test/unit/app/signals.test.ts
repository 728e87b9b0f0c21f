import assert from 'node:assert/strict'
import {stopSignals} from '../../../src/app/signals.js'
import {FakeLog} from '../daemon/fakes.js'

describe('stopSignals', () => {
  it('aborts at the first signal and ends at the second', () => {
    const log = new FakeLog()
    const codes: number[] = []
    const {stopping, release} = stopSignals(log, (code) => void codes.push(code))
    assert.equal(stopping.aborted, false)
    process.emit('SIGTERM', 'SIGTERM')
    assert.deepEqual([stopping.aborted, codes], [true, []])
    process.emit('SIGINT', 'SIGINT')
    process.emit('SIGTERM', 'SIGTERM')
    release()
    assert.deepEqual(codes, [130, 143])
    assert.deepEqual(log.said, [
      'info stopping',
      'warn ending at once, NGINX is left as it is',
      'warn ending at once, NGINX is left as it is',
    ])
  })

  it('leaves the signals alone when it is over', () => {
    const before = process.listenerCount('SIGTERM')
    const {release} = stopSignals(new FakeLog())
    assert.equal(process.listenerCount('SIGTERM'), before + 1)
    release()
    assert.equal(process.listenerCount('SIGTERM'), before)
  })
})
