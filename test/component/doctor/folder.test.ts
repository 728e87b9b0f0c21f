import assert from 'node:assert/strict'
import {chown, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {checkFolder} from '../../../src/doctor/folder.js'
import {lockDirectory} from '../../../src/dataplane/nginx/process/lock.js'
import {skipBecause, whyNotRoot} from '../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

describe('checkFolder', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  const outcome = async (path: string) => {
    const {state, message, fix} = (await checkFolder(path)).finding
    return [state, message, fix]
  }

  it('accepts a folder that can be written or created, and creates nothing', async () => {
    const missing = join(folder.path, 'a/b')
    assert.deepEqual(await outcome(folder.path), ['ok', `${folder.path} can be written`, undefined])
    assert.deepEqual(await outcome(missing), [
      'ok',
      `${missing} does not exist yet, and can be created`,
      undefined,
    ])
    assert.deepEqual(await readdir(folder.path), [])
  })

  it('names the lbex that uses the folder', async () => {
    const lock = await lockDirectory(folder.path)
    const message = `${folder.path} is in use by the running lbex (process ${process.pid}); a second lbex needs its own folder`
    assert.deepEqual(await outcome(folder.path), ['ok', message, undefined])
    assert.equal((await checkFolder(folder.path)).holder, process.pid)
    await lock.release()
  })

  it('rejects an invalid path', async () => {
    const [state, message] = await outcome(`/${'a'.repeat(200)}`)
    assert.equal(state, 'problem')
    assert.match(message ?? '', /too long for a unix socket/)
  })

  it('reports a path through a file', async () => {
    const file = join(folder.path, 'file')
    await writeFile(file, '')
    const [state, message, fix] = await outcome(join(file, 'nginx'))
    const user = process.geteuid?.()
    assert.deepEqual([state, message], ['problem', `${file} cannot be written by user ${user}`])
    assert.match(fix ?? '', new RegExp(`^sudo install -d -o ${user} ${file}/nginx && `))
  })

  it('warns if the folder belongs to another user', async function () {
    skipBecause(this, whyNotRoot('give a folder to somebody else'))
    await chown(folder.path, 65_534, 65_534)
    assert.deepEqual(await outcome(folder.path), [
      'warning',
      `${folder.path} belongs to user 65534, but lbex doctor runs as user 0, which has other permissions`,
      'sudo setpriv --reuid=65534 --clear-groups --inh-caps=+net_bind_service --ambient-caps=+net_bind_service lbex doctor, with the same flags',
    ])
  })
})
