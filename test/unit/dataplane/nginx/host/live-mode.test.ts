import assert from 'node:assert/strict'
import {usesLiveUpdates} from '../../../../../src/dataplane/nginx/host/live-mode.js'

const QUICK = {liveUpdates: true, njs: {engine: 'qjs'}} as const
const SLOW = {liveUpdates: true, njs: {engine: 'njs'}} as const
const NONE = {liveUpdates: false} as const

describe('usesLiveUpdates', () => {
  it('is true with auto only if the script costs little', () => {
    assert.deepEqual(
      [QUICK, SLOW, NONE].map((nginx) => usesLiveUpdates('auto', nginx)),
      [true, false, false],
    )
  })

  it('is true with on if NGINX can, else fails', () => {
    assert.deepEqual(
      [QUICK, SLOW].map((nginx) => usesLiveUpdates('on', nginx)),
      [true, true],
    )
    assert.throws(() => usesLiveUpdates('on', NONE), {code: 'live-updates-unavailable'})
  })

  it('is false with off', () => {
    assert.deepEqual(
      [QUICK, SLOW, NONE].map((nginx) => usesLiveUpdates('off', nginx)),
      [false, false, false],
    )
  })
})
