import assert from 'node:assert/strict'
import {chown, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {findConfig} from '../../../../src/lint/config/find-config.js'
import {skipBecause, whyNotRoot} from '../../../support/skip.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'

describe('findConfig', () => {
  it('looks in the folder, then in those above', async () => {
    const folder = await temporaryFolder()
    const deep = join(folder.path, 'a/b')
    await mkdir(deep, {recursive: true})
    assert.equal(await findConfig(deep, folder.path), undefined)
    const path = join(folder.path, '.lbex.yaml')
    await writeFile(path, 'disable: []\n')
    assert.deepEqual(await findConfig(deep, folder.path), {path, text: 'disable: []\n'})
    assert.equal(await findConfig(deep, join(folder.path, 'a')), undefined)
    await mkdir(join(deep, '.lbex.yaml'))
    await assert.rejects(findConfig(deep, folder.path), {code: 'file-unreadable'})
    await folder.remove()
  })

  it('does not obey another user', async function () {
    skipBecause(this, whyNotRoot('give files away'))
    const folder = await temporaryFolder()
    const path = join(folder.path, '.lbex.yaml')
    await writeFile(path, 'disable: []\n')
    await chown(path, 12_345, 12_345)
    await assert.rejects(findConfig(folder.path, folder.path), {code: 'config-of-another-user'})
    await chown(folder.path, 12_345, 12_345)
    assert.equal((await findConfig(folder.path, folder.path))?.path, path)
    await folder.remove()
  })
})
