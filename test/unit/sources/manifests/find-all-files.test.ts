import assert from 'node:assert/strict'
import {symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {findAllFiles} from '../../../../src/sources/manifests/find-all-files.js'
import {withFolder} from './support.js'

describe('findAllFiles', () => {
  const find = (...paths: string[]) =>
    withFolder({'b.yaml': '', 'c.yaml': ''}, async (cwd) => {
      await symlink('b.yaml', join(cwd, 'a.yaml'))
      await symlink('b.yaml', join(cwd, 'd.yaml'))
      await symlink('nowhere', join(cwd, 'e.yaml'))
      const files = await findAllFiles(paths, {cwd, temporary: false})
      return files.map(({file}) => file)
    })

  it('finds a file once, preferably by a path that is not a link', async () => {
    assert.deepEqual(await find('.'), ['b.yaml', 'c.yaml', 'e.yaml'])
    assert.deepEqual(await find('c.yaml', 'b.yaml', './c.yaml'), ['c.yaml', 'b.yaml'])
  })

  it('finds a link if the file itself is not given', async () => {
    assert.deepEqual(await find('d.yaml', 'a.yaml'), ['d.yaml'])
  })

  it('keeps stdin, and accepts missing paths only with allowEmpty', async () => {
    assert.deepEqual(await find('-', 'b.yaml', '-'), ['<stdin>', 'b.yaml'])
    assert.deepEqual(await findAllFiles(['none'], {cwd: '/', temporary: false, allowEmpty: true}), [])
    await assert.rejects(find('none.yaml'), {code: 'path-not-found'})
  })
})
