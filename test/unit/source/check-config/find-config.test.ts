import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {findConfig} from '../../../../src/source/check-config/find-config.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'

describe('findConfig', () => {
  it('looks in the folder, then in those above', async () => {
    const folder = await temporaryFolder()
    const deep = join(folder.path, 'a/b')
    await mkdir(deep, {recursive: true})
    assert.equal(await findConfig(deep), undefined)
    const path = join(folder.path, '.lbex.yaml')
    await writeFile(path, 'disable: []\n')
    assert.deepEqual(await findConfig(deep), {path, text: 'disable: []\n'})
    await mkdir(join(deep, '.lbex.yaml'))
    await assert.rejects(findConfig(deep), {code: 'file-unreadable'})
    await folder.remove()
  })
})
