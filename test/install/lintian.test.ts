/** The .deb as Debian's own checker sees it. lintian has a hundred dependencies, so this runs only if the host has it. */
import assert from 'node:assert/strict'
import {skipBecause, whyNoProgram} from '../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {artifact} from './artifacts.js'
import {execute} from './debian-roots.js'

describe('the .deb in lintian', function () {
  this.timeout(5 * INTEGRATION_TIMEOUT)

  it('has no error and no warning', async function () {
    skipBecause(this, whyNoProgram('lintian', 'lintian'))
    const found = await execute('lintian', '--allow-root', '--tag-display-limit=0', artifact('.deb'))
    assert.equal(found, '')
  })
})
