import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {startDetached} from '../../../src/util/start-detached.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {waitFor} from '../../support/wait.js'

describe('startDetached', () => {
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
  })

  afterEach(() => folder.remove())

  it('starts a program in a session of its own, with its output in a file', async () => {
    const output = join(folder.path, 'output')
    const script = `
      const stat = require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')
      console.log(JSON.stringify({group: +stat[2], session: +stat[3], cwd: process.cwd(), env: process.env.A}))
      console.error('done')`
    const {pid, end, ended} = await startDetached([process.execPath, '-e', script], {
      cwd: folder.path,
      env: {A: 'a'},
      output,
    })
    const text = await waitFor(
      async () => {
        const written = await readFile(output, 'utf8')
        return written.includes('done') && written
      },
      {what: 'the output'},
    )
    const [line = ''] = text.split('\n')
    assert.deepEqual(JSON.parse(line), {group: pid, session: pid, cwd: folder.path, env: 'a'})
    assert.deepEqual(await waitFor(end, {what: 'the end'}), {exitCode: 0, signal: null})
    assert.equal(ended.aborted, true)
  })

  it('returns the signal that ended a program', async () => {
    const output = join(folder.path, 'output')
    const script = "process.kill(process.pid, 'SIGKILL')"
    const {end} = await startDetached([process.execPath, '-e', script], {cwd: '/', env: {}, output})
    assert.deepEqual(await waitFor(end, {what: 'the end'}), {exitCode: null, signal: 'SIGKILL'})
  })

  it('a missing program is a failure', async () => {
    const output = join(folder.path, 'output')
    await assert.rejects(startDetached(['/no/such/program'], {cwd: '/', env: {}, output}), {
      code: 'command-not-found',
    })
  })
})
