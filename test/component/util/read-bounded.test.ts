import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {constants} from 'node:fs'
import {open, symlink, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {once} from 'node:events'
import {PassThrough} from 'node:stream'
import {readBounded, readWithin} from '../../../src/util/read-bounded.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

const MODULE = join(import.meta.dirname, '../../../src/util/read-bounded.ts')

describe('readBounded', () => {
  let folder: TemporaryFolder
  let pipe: string
  const limit = 1000

  beforeEach(async () => {
    folder = await temporaryFolder()
    pipe = join(folder.path, 'pipe.yaml')
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0)
  })
  afterEach(() => folder.remove())

  it('reads no named pipe, also not through a link, and does not wait for its writer', async () => {
    const link = join(folder.path, 'link.yaml')
    await symlink(pipe, link)
    for (const path of [pipe, link])
      await assert.rejects(readBounded(path, {limit}), {
        message: /^it is a named pipe; lbex reads pipes from/,
      })
  })

  it('reads a pipe by the name of an open file, to its end', async () => {
    const program = `
      import {readBounded} from ${JSON.stringify(MODULE)}
      process.stdout.write(await readBounded('/dev/fd/3', {limit: 1000}))`
    await writeFile(join(folder.path, 'read.mts'), program)
    const line = `(echo a; echo b) | node --import=tsx "$0" 3<&0 </dev/null`
    const {stdout, stderr} = spawnSync('bash', ['-c', line, join(folder.path, 'read.mts')], {
      encoding: 'utf8',
    })
    assert.deepEqual([stdout, stderr], ['a\nb\n', ''])
  })

  it('rejects if a pipe takes too long', async () => {
    const ends = await open(pipe, constants.O_RDWR)
    await assert.rejects(readBounded(`/dev/fd/${ends.fd}`, {limit, longest: 50}), {
      message: 'reading it takes more than 0.05 seconds',
    })
    await ends.close()
    await assert.rejects(readWithin(new PassThrough(), {limit, longest: 50}), {
      message: 'reading it takes more than 0.05 seconds',
    })
  })

  it('reads no device, no socket and no file of the kernel', async () => {
    const path = join(folder.path, 'socket')
    const server = createServer().listen(path)
    await once(server, 'listening')
    await assert.rejects(readBounded(path, {limit}), {message: 'it is a socket'})
    server.close()
    await assert.rejects(readBounded('/dev/null', {limit}), {message: 'it is a device'})
    const link = join(folder.path, 'kernel.yaml')
    await symlink('/proc/version', link)
    await assert.rejects(readBounded(link, {limit}), {message: 'it is a file of the kernel'})
  })
})
