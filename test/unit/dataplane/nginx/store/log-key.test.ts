import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {openLogKey} from '../../../../../src/dataplane/nginx/store/log-key.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

describe('openLogKey', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('creates a key for NGINX, and keeps it', async () => {
    const key = await openLogKey(folder.path)
    const path = join(folder.path, 'observe/key.conf')
    assert.match(key, /^[0-9a-f]{32}$/)
    assert.equal(await readFile(path, 'utf8'), `geo $lbex_log_key { default ${key}; }\n`)
    assert.equal(await openLogKey(folder.path), key)
    await writeFile(path, 'damaged')
    assert.notEqual(await openLogKey(folder.path), key)
  })

  it('fails if the folder cannot be written', async () => {
    await writeFile(join(folder.path, 'observe'), 'a file')
    await assert.rejects(openLogKey(folder.path), {name: 'Failure', code: 'directory-unusable'})
  })
})
