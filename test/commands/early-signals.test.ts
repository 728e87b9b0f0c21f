/** Signals that reach lbex before it has loaded its program. */
import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {waitFor} from '../support/wait.js'
import {lbex, root} from './lbex.js'

/** bin/run.js reads the user ID first, so the signal has arrived by then. */
const HANG_UP = `
import os from 'node:os'
import {syncBuiltinESMExports} from 'node:module'
const {userInfo} = os
os.userInfo = (...parameters) => {
  process.kill(process.pid, 'SIGHUP')
  return userInfo(...parameters)
}
syncBuiltinESMExports()`

describe('a SIGHUP at the start', () => {
  it('does not end a daemon: the command line is parsed and rejected', async () => {
    const options = `--import=data:text/javascript,${encodeURIComponent(HANG_UP)}`
    const {exitCode, stderr} = await lbex(['run', '--no-such-flag'], {env: {NODE_OPTIONS: options}})
    assert.equal(exitCode, 2)
    assert.match(stderr, /no-such-flag/)
  })

  it('is blocked by the unit until lbex handles it', async () => {
    const unit = await readFile(join(root, 'packaging/systemd/lbex.service'), 'utf8')
    const [, script = ''] = /^ExecReload=\/bin\/sh -c '(.*)'$/m.exec(unit) ?? []
    const program = `process.stdin.once('data', () => {
      process.on('SIGHUP', () => process.exit(7))
      console.log('ready')
    })
    console.log('started')`
    const daemon = spawn(process.execPath, ['-e', program], {stdio: ['pipe', 'pipe', 'inherit']})
    const ended = once(daemon, 'exit')
    await once(daemon.stdout, 'data')
    const reload = spawn('/bin/sh', ['-c', script.replaceAll('${MAINPID}', String(daemon.pid))], {
      stdio: 'inherit',
    })
    const reloaded = once(reload, 'exit')
    const isAsleep = async () =>
      (await readFile(`/proc/${reload.pid}/task/${reload.pid}/children`, 'utf8')) !== ''
    await waitFor(isAsleep, {what: 'the reload to wait', every: 1})
    assert.equal(daemon.exitCode, null)
    daemon.stdin.write('go on')
    assert.deepEqual([(await ended)[0], (await reloaded)[0]], [7, 0])
  })
})
