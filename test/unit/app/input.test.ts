import assert from 'node:assert/strict'
import {manifestPaths} from '../../../src/app/input.js'
import type {InputFlags} from '../../../src/cli/flags/input.js'
import {flagsOf} from './flags.js'

describe('manifestPaths', () => {
  it('are those of -f', async () => {
    assert.deepEqual(manifestPaths(await flagsOf<InputFlags>('-f', 'a', '-f', 'b')), ['a', 'b'])
  })

  it('cannot be left out', async () => {
    const flags = await flagsOf<InputFlags>()
    assert.throws(() => manifestPaths(flags), {
      message: 'nothing to read',
      hint: /^name manifests with -f FILE/,
    })
  })
})
