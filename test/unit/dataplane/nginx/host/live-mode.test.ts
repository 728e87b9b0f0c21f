import assert from 'node:assert/strict'
import {usesLiveUpdates} from '../../../../../src/dataplane/nginx/host/live-mode.js'

describe('usesLiveUpdates', () => {
  for (const [mode, liveUpdates, expected] of [
    ['auto', true, true],
    ['auto', false, false],
    ['on', true, true],
    ['off', true, false],
    ['off', false, false],
  ] as const) {
    it(`is ${expected} with ${mode} on an NGINX that ${liveUpdates ? 'can' : 'cannot'}`, () => {
      assert.equal(usesLiveUpdates(mode, {liveUpdates}), expected)
    })
  }

  it('fails with on, on an NGINX that cannot', () => {
    assert.throws(() => usesLiveUpdates('on', {liveUpdates: false}), {code: 'live-updates-unavailable'})
  })
})
