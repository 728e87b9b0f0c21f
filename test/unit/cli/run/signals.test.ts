import assert from 'node:assert/strict'
import {handleSignals} from '../../../../src/cli/run/signals.js'
import {FakeLog} from '../../controller/fakes.js'

describe('handleSignals', () => {
  it('aborts on the first signal and exits on the second', () => {
    const log = new FakeLog()
    const codes: number[] = []
    const {stopping, release} = handleSignals(log, {end: (code) => void codes.push(code)})
    assert.equal(stopping.aborted, false)
    process.emit('SIGTERM', 'SIGTERM')
    assert.deepEqual([stopping.aborted, codes], [true, []])
    process.emit('SIGINT', 'SIGINT')
    process.emit('SIGTERM', 'SIGTERM')
    release()
    assert.deepEqual(codes, [130, 143])
    assert.deepEqual(log.said, [
      'info stopping',
      'warn exiting immediately, NGINX keeps running',
      'warn exiting immediately, NGINX keeps running',
    ])
  })

  it('calls the listener on SIGHUP, also for an earlier one, and keeps running', () => {
    const log = new FakeLog()
    let looks = 0
    const {stopping, onRetryNow, release} = handleSignals(log, {terminal: false})
    process.emit('SIGHUP', 'SIGHUP')
    onRetryNow(() => (looks += 1))
    process.emit('SIGHUP', 'SIGHUP')
    release()
    assert.deepEqual([stopping.aborted, looks], [false, 2])
    assert.deepEqual(log.said, ['info reading everything again', 'info reading everything again'])
  })

  it('stops where SIGHUP says that the terminal is gone', () => {
    const {stopping, onRetryNow, release} = handleSignals(new FakeLog(), {terminal: true})
    onRetryNow(() => assert.fail('it looks again'))
    process.emit('SIGHUP', 'SIGHUP')
    release()
    assert.equal(stopping.aborted, true)
  })

  it('removes its handlers', () => {
    const before = process.listenerCount('SIGTERM')
    const {release} = handleSignals(new FakeLog())
    assert.equal(process.listenerCount('SIGTERM'), before + 1)
    release()
    assert.equal(process.listenerCount('SIGTERM'), before)
  })
})
