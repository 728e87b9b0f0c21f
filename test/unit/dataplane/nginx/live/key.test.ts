import assert from 'node:assert/strict'
import {readFile, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {otherZone, readKey, renewKey, writeKey} from '../../../../../src/dataplane/nginx/live/key.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

describe('the key of live updates', () => {
  let folder: TemporaryFolder
  let path: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'live/key.conf')
  })

  afterEach(() => folder.remove())

  const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777

  it('is a new one each time, which only the user of lbex can read', async () => {
    const first = await renewKey(path, 16)
    assert.match(first.word, /^[0-9a-f]{32}$/)
    assert.equal(
      await readFile(path, 'utf8'),
      `js_shared_dict_zone zone=lbex:16m;\njs_var $lbex_key ${first.word};\n`,
    )
    assert.deepEqual([await modeOf(path), await modeOf(dirname(path))], [0o600, 0o700])
    const second = await renewKey(path, 16)
    assert.notEqual(second.word, first.word)
    assert.deepEqual(await readKey(path), second)
  })

  it('can be set back', async () => {
    const first = await renewKey(path, 16)
    await renewKey(path, 16)
    await writeKey(path, first)
    assert.deepEqual(await readKey(path), first)
  })

  it('comes with a dictionary of another size if the last one does not answer', async () => {
    const second = await renewKey(path, otherZone(16))
    assert.deepEqual(await readKey(path), second)
    assert.notEqual(second.zone, 16)
    assert.equal(otherZone(second.zone), 16)
  })

  it('is not known without its file, or with another content', async () => {
    assert.equal(await readKey(path), undefined)
    await renewKey(path, 16)
    await writeFile(path, 'js_shared_dict_zone zone=lbex:16m;\njs_var $lbex_key x;\n')
    assert.equal(await readKey(path), undefined)
  })
})
