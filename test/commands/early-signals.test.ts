/** Signals that reach lbex before it has loaded its program. */
import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
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

  it('is not sent by the unit: systemd reloads it only when lbex serves', async () => {
    const unit = await readFile(join(root, 'packaging/systemd/lbex.service'), 'utf8')
    assert.match(unit, /^Type=notify$/m)
    assert.match(unit, /^ExecReload=\/bin\/sh -c 'kill -HUP \$\{MAINPID\}'$/m)
  })
})
