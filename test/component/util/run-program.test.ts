import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {run} from '../../../src/util/run-program.js'
import {temporaryFolder} from '../../support/temporary-folder.js'

const NODE = process.execPath

describe('run', () => {
  it('returns the exit code and what was written', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3'
    const result = await run(NODE, ['-e', script], {timeout: 10_000})
    assert.deepEqual(result, {exitCode: 3, stdout: 'out\n', stderr: 'err\n'})
  })

  it('passes arguments as they are: there is no shell', async () => {
    const odd = ['$(id)', 'a b', '"', ';', '*', '']
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))'
    const {stdout} = await run(NODE, ['-e', script, '--', ...odd], {timeout: 10_000})
    assert.deepEqual(JSON.parse(stdout), odd)
  })

  it('passes input, an environment of its own, and a folder', async () => {
    const script = `process.stdin.on('data', (text) => console.log(text + process.env.LBEX_A + process.env.HOME + process.cwd()))`
    const options = {timeout: 10_000, input: 'in ', env: {LBEX_A: 'a '}, cwd: '/usr'}
    assert.equal((await run(NODE, ['-e', script], options)).stdout, 'in a undefined/usr\n')
  })

  it('has no input, the root folder and our environment by default', async () => {
    const script = `process.stdin.on('end', () => console.log(process.cwd(), process.env.PATH)).resume()`
    assert.equal((await run(NODE, ['-e', script], {timeout: 10_000})).stdout, `/ ${process.env.PATH}\n`)
  })

  it('returns the signal that ended the program', async () => {
    const result = await run(NODE, ['-e', 'process.kill(process.pid, "SIGKILL")'], {timeout: 10_000})
    assert.deepEqual(result, {endedBy: 'SIGKILL', stdout: '', stderr: ''})
  })

  it('a missing program is a failure with a hint', async () => {
    await assert.rejects(run('/no/such/program', [], {timeout: 10_000, hint: 'buy one'}), {
      name: 'Failure',
      code: 'command-not-found',
      message: '/no/such/program cannot be started: there is no such program',
      hint: 'buy one',
      temporary: false,
    })
    await assert.rejects(run('no-such-program', [], {timeout: 10_000}), {
      hint: 'install no-such-program, or add its folder to PATH',
    })
  })

  it('so is one that may not be executed', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'text')
    await writeFile(path, 'text', {mode: 0o644})
    await assert.rejects(run(path, [], {timeout: 10_000}), {code: 'command-failed', message: /EACCES/})
    await folder.remove()
  })

  it('ends a program that takes too long: a temporary failure', async () => {
    await assert.rejects(run(NODE, ['-e', 'setInterval(() => {}, 1000)'], {timeout: 300}), {
      code: 'command-timeout',
      message: `${NODE} did not end within 0.3 s`,
      temporary: true,
    })
  })

  it('ends a program when the signal aborts, and rejects with its reason', async () => {
    const stop = new AbortController()
    const running = run(NODE, ['-e', 'setInterval(() => {}, 1000)'], {timeout: 10_000, signal: stop.signal})
    const reason = new Error('enough')
    setTimeout(() => stop.abort(reason), 50)
    await assert.rejects(running, reason)
    await assert.rejects(run(NODE, ['-e', ''], {timeout: 10_000, signal: stop.signal}), reason)
  })
})
