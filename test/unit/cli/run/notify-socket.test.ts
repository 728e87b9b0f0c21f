import assert from 'node:assert/strict'
import {notifyDescriptor, watchdogTimeout} from '../../../../src/cli/run/notify-socket.js'

describe('notifyDescriptor', () => {
  const passed = {LISTEN_PID: '42', LISTEN_FDS: '2', LISTEN_FDNAMES: 'other:notify'}

  it('is the descriptor with the name notify', () => {
    assert.equal(notifyDescriptor(passed, 42), 4)
    assert.equal(notifyDescriptor({...passed, LISTEN_FDNAMES: 'notify'}, 42), 3)
  })

  it('is undefined if the descriptors are for another process', () => {
    assert.equal(notifyDescriptor(passed, 43), undefined)
    assert.equal(notifyDescriptor({}, 42), undefined)
  })

  it('is undefined if none has that name, or fewer were passed', () => {
    assert.equal(notifyDescriptor({...passed, LISTEN_FDNAMES: 'http'}, 42), undefined)
    assert.equal(notifyDescriptor({...passed, LISTEN_FDS: '1'}, 42), undefined)
    assert.equal(notifyDescriptor({LISTEN_PID: '42', LISTEN_FDS: '1'}, 42), undefined)
  })
})

describe('watchdogTimeout', () => {
  it('is in milliseconds', () => {
    assert.equal(watchdogTimeout({WATCHDOG_USEC: '60000000', WATCHDOG_PID: '42'}, 42), 60_000)
    assert.equal(watchdogTimeout({WATCHDOG_USEC: '500000'}, 42), 500)
  })

  it('is undefined without a watchdog, and if it is for another process', () => {
    assert.equal(watchdogTimeout({}, 42), undefined)
    assert.equal(watchdogTimeout({WATCHDOG_USEC: '0'}, 42), undefined)
    assert.equal(watchdogTimeout({WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7'}, 42), undefined)
  })
})
