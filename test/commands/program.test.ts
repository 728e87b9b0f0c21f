import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {copyFile, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {temporaryFolder} from '../support/temporary-folder.js'
import {lbex, root} from './lbex.js'

const execute = promisify(execFile)

describe('lbex', () => {
  it('prints its version', async () => {
    const {stdout, stderr, exitCode} = await lbex(['--version'])
    assert.match(stdout, /^lbex\/\d+\.\d+\.\d+\S* \S+ node-v\d\S*\n$/)
    assert.deepEqual([stderr, exitCode], ['', 0])
  })

  it('lists its commands', async () => {
    const {stdout, exitCode} = await lbex([])
    assert.match(stdout, /COMMANDS\n {2}check [^]*\n {2}render .*\n {2}run /)
    assert.equal(exitCode, 0)
  })

  it('rejects unknown commands and flags in one line', async () => {
    const {stdout, stderr, exitCode} = await lbex(['rendr'])
    assert.deepEqual([stdout, exitCode], ['', 2])
    assert.equal(stderr, 'error: unknown command "rendr"\nhint: did you mean lbex render?\n')
  })

  it('does not wrap long lines', async () => {
    const name = `/${'long-'.repeat(40)}.yaml`
    const {stderr} = await lbex(['render', '-f', name])
    assert.ok(stderr.includes(name))
  })

  it('runs from sources', async () => {
    const {stdout} = await execute(process.execPath, [join(root, 'bin/dev.js'), '--version'])
    assert.equal(stdout, (await lbex(['--version'])).stdout)
  })

  it('explains what to do if it is not built', async () => {
    const folder = await temporaryFolder()
    try {
      await mkdir(join(folder.path, 'bin'))
      await copyFile(join(root, 'bin/run.js'), join(folder.path, 'bin/run.js'))
      await writeFile(join(folder.path, 'package.json'), '{"type": "module"}')
      await assert.rejects(execute(process.execPath, [join(folder.path, 'bin/run.js')]), {
        code: 3,
        stderr: 'error: lbex is not built\nhint: run npm run build, or use bin/dev.js\n',
      })
    } finally {
      await folder.remove()
    }
  })
})
