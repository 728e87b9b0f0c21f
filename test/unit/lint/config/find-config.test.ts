import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {chown, lchown, mkdir, rename, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {findConfig} from '../../../../src/lint/config/find-config.js'
import {skipBecause, whyNotRoot} from '../../../support/skip.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'

describe('findConfig', () => {
  it('searches the folder, then its parents', async () => {
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

  it('does not follow a link out of the repository, and does not read a pipe', async () => {
    const folder = await temporaryFolder()
    const root = join(folder.path, 'repo')
    await mkdir(join(root, 'a'), {recursive: true})
    await writeFile(join(folder.path, 'secret'), 'a secret')
    await symlink('../secret', join(root, '.lbex.yaml'))
    await assert.rejects(findConfig(join(root, 'a'), root), {
      code: 'config-outside',
      message: `cannot read ${join(root, '.lbex.yaml')}: a symbolic link leads outside of its repository`,
    })
    await writeFile(join(root, 'shared.yaml'), 'disable: []\n')
    const path = join(root, 'a/.lbex.yaml')
    await symlink('../shared.yaml', path)
    assert.deepEqual(await findConfig(join(root, 'a'), root), {path, text: 'disable: []\n'})
    await rm(path)
    assert.equal(spawnSync('mkfifo', [path]).status, 0)
    await assert.rejects(findConfig(join(root, 'a'), root), {
      code: 'file-unreadable',
      message: /it is a named pipe/,
    })
    await folder.remove()
  })

  it('does not use a file of another user', async function () {
    skipBecause(this, whyNotRoot('give files away'))
    const folder = await temporaryFolder()
    const path = join(folder.path, '.lbex.yaml')
    await writeFile(path, 'disable: []\n')
    await chown(path, 12_345, 12_345)
    await assert.rejects(findConfig(folder.path, folder.path), {code: 'config-of-another-user'})
    await chown(path, 0, 0)
    await rename(path, join(folder.path, 'ours.yaml'))
    await symlink('ours.yaml', path)
    await lchown(path, 12_345, 12_345)
    await assert.rejects(findConfig(folder.path, folder.path), {code: 'config-of-another-user'})
    await chown(folder.path, 12_345, 12_345)
    assert.equal((await findConfig(folder.path, folder.path))?.path, path)
    await folder.remove()
  })
})
