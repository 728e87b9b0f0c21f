import assert from 'node:assert/strict'
import {mkdir, readdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {makePrivateFolder} from '../../../src/util/make-folder.js'
import {writePrivateFile} from '../../../src/util/private-file.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

describe('private files', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

  it('are written whole, and only their user can read them', async () => {
    const path = join(folder.path, 'a/b/key.conf')
    await writePrivateFile(path, 'old', 'new-key')
    await writePrivateFile(path, 'new', 'new-key')
    assert.equal(await readFile(path, 'utf8'), 'new')
    assert.deepEqual([await modeOf(path), await modeOf(join(folder.path, 'a/b'))], [0o600, 0o700])
    assert.deepEqual(await readdir(join(folder.path, 'a/b')), ['key.conf'])
  })

  it('are in a folder that is closed to others', async () => {
    const path = join(folder.path, 'open')
    await mkdir(path, {mode: 0o755})
    await makePrivateFolder(path)
    assert.equal(await modeOf(path), 0o700)
  })
})
