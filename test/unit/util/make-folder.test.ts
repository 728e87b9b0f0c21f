import assert from 'node:assert/strict'
import {mkdtemp, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {makeFolder} from '../../../src/util/make-folder.js'

describe('makeFolder', () => {
  let folder: string
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'lbex-make-'))))
  afterEach(() => rm(folder, {recursive: true, force: true}))

  it('makes a folder and those above it, and accepts an existing one', async () => {
    const path = join(folder, 'a', 'b', 'c')
    await makeFolder(path)
    await makeFolder(path)
    assert.ok((await stat(path)).isDirectory())
  })

  it('fails if a file has that name', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await assert.rejects(makeFolder(file), {code: 'EEXIST'})
    await assert.rejects(makeFolder(join(file, 'a')), {code: 'ENOTDIR'})
  })

  it('fails if the folder above allows none', async () => {
    await assert.rejects(makeFolder('/proc/lbex/nginx'), {code: 'ENOENT'})
  })
})
