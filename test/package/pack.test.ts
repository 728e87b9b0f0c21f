import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {copyFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {temporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'

describe('package: npm pack', function () {
  // npm takes seconds to start on a busy machine.
  this.timeout(INTEGRATION_TIMEOUT)

  it('prints nothing but the name of the archive, which pre-commit installs', async () => {
    const folder = await temporaryFolder()
    try {
      await copyFile(fileURLToPath(new URL('../../.npmrc', import.meta.url)), join(folder.path, '.npmrc'))
      const scripts = {prepack: 'echo built'}
      const project = {name: 'lbex', version: '1.0.0', scripts}
      await writeFile(join(folder.path, 'package.json'), JSON.stringify(project))
      const {stdout} = await promisify(execFile)('npm', ['pack'], {cwd: folder.path})
      assert.equal(stdout, 'lbex-1.0.0.tgz\n')
    } finally {
      await folder.remove()
    }
  })
})
