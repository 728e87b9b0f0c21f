import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {symlink} from 'node:fs/promises'
import {connect} from 'node:net'
import {join} from 'node:path'
import {once} from 'node:events'
import {readFileSync, statSync} from 'node:fs'
import {lockDirectory, lockHolder} from '../../../../../src/dataplane/nginx/process/lock.js'
import {skipBecause, whyNotRoot} from '../../../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

describe('lockDirectory', () => {
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
  })

  afterEach(() => folder.remove())

  it('is taken by one lbex, and by the next after its release', async () => {
    const lock = await lockDirectory(folder.path)
    await assert.rejects(lockDirectory(folder.path), {
      name: 'Failure',
      code: 'directory-locked',
      message: `another lbex (process ${process.pid}) uses ${folder.path}`,
      hint: 'stop that process, or give this lbex a folder of its own with --nginx-dir',
      temporary: false,
    })
    await lock.release()
    await (await lockDirectory(folder.path)).release()
  })

  it('names its holder to any client, and stays locked', async () => {
    assert.equal(await lockHolder(folder.path), undefined)
    const lock = await lockDirectory(folder.path)
    assert.deepEqual(await lockHolder(folder.path), {
      ...{pid: process.pid, kind: 'lbex'},
      name: `process ${process.pid} of user ${process.getuid?.()}`,
    })
    await lock.release()
    assert.equal(await lockHolder(folder.path), undefined)
  })

  it('locks the folder also under another name', async () => {
    const lock = await lockDirectory(folder.path)
    const alias = join(folder.path, 'alias')
    await symlink(folder.path, alias)
    await assert.rejects(lockDirectory(alias), {code: 'directory-locked'})
    await lock.release()
  })

  it('does not lock other folders', async () => {
    const other = await temporaryFolder()
    const lock = await lockDirectory(folder.path)
    await assert.doesNotReject(async () => (await lockDirectory(other.path)).release())
    await lock.release()
    await other.remove()
  })

  it('has a name of the maximum length, so that all versions of Node bind the same', async () => {
    const lock = await lockDirectory(folder.path)
    assert.deepEqual(
      namesFor(folder.path).map(({length}) => length),
      [107],
    )
    await lock.release()
    assert.deepEqual(namesFor(folder.path), [])
  })

  it('is released although a client stays connected', async () => {
    const lock = await lockDirectory(folder.path)
    const [name] = namesFor(folder.path)
    const socket = connect({path: `\0${name}`, allowHalfOpen: true})
    socket.on('error', () => {})
    await once(socket, 'connect')
    await lock.release()
    socket.destroy()
    await (await lockDirectory(folder.path)).release()
  })

  it('names a process of another user that bound its name, and reads only a little of its answer', async function () {
    skipBecause(this, whyNotRoot('start a process of another user'))
    const lock = await lockDirectory(folder.path)
    const name = `\0${namesFor(folder.path)[0]}`
    await lock.release()
    const stranger = spawn(process.execPath, ['-e', ENDLESS, name.slice(1)], {
      uid: OTHER,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    try {
      await once(stranger.stdout, 'data')
      const who = `process ${stranger.pid} of user ${OTHER}`
      await assert.rejects(lockDirectory(folder.path), {
        code: 'directory-locked',
        message: `${who}, which is not lbex, holds the lock of ${folder.path}`,
      })
      assert.deepEqual(await lockHolder(folder.path), {pid: stranger.pid, kind: 'stranger', name: who})
    } finally {
      stranger.kill('SIGKILL')
    }
  })
})

/** nobody */
const OTHER = 65_534

/** Answers without end, and ends when its standard input closes. */
const ENDLESS = `
  const more = (socket) => { while (!socket.destroyed && socket.write('1'.repeat(65536))); }
  require('node:net').createServer((socket) => {
    socket.on('error', () => {}).on('drain', () => more(socket))
    more(socket)
  }).listen('\\0' + process.argv[1], () => console.log('ready'))
  process.stdin.on('end', () => process.exit()).resume()`

/** Abstract sockets that hold the lock of a folder, https://man7.org/linux/man-pages/man5/proc_pid_net.5.html */
function namesFor(path: string): string[] {
  const inode = statSync(path).ino.toString(16)
  const names = readFileSync('/proc/net/unix', 'utf8').matchAll(/ 00010000 .*@(lbex-nginx-\S+)$/gm)
  return [...names].map(([, name]) => name as string).filter((name) => name.includes(`-${inode}-`))
}
