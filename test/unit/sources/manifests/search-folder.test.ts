import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {MANIFEST_NAME, searchFolder} from '../../../../src/sources/manifests/search-folder.js'
import {withFolder} from './support.js'

describe('searchFolder', () => {
  it('follows links to files and folders, each folder once', async () => {
    await withFolder({'a/x.yaml': '', 'target/y.yaml': '', 'target/z.json': ''}, async (cwd) => {
      await symlink('../target', join(cwd, 'a/linked'))
      await symlink('..', join(cwd, 'a/up'))
      await symlink('../target/y.yaml', join(cwd, 'a/y-link.yml'))
      const {files, folders} = await searchFolder('a', {cwd, temporary: false})
      assert.deepEqual(
        files.map(({file}) => file),
        ['a/linked/y.yaml', 'a/linked/z.json', 'a/x.yaml', 'a/y-link.yml'],
      )
      assert.deepEqual(
        folders,
        ['a', 'a/linked', 'a/up', 'a/up/a', 'a/up/target'].map((name) => join(cwd, name)),
      )
    })
  })

  it('reads a mounted ConfigMap through its links', async () => {
    await withFolder({'..2030_01_31/a.yaml': '', '..2030_01_31/sub/b.yaml': ''}, async (cwd) => {
      await symlink('..2030_01_31', join(cwd, '..data'))
      await symlink('..data/a.yaml', join(cwd, 'a.yaml'))
      await symlink('..data/sub', join(cwd, 'sub'))
      const {files} = await searchFolder('.', {cwd, temporary: false})
      assert.deepEqual(
        files.map(({file}) => file),
        ['a.yaml', 'sub/b.yaml'],
      )
    })
  })

  it('lists a dangling link only if it has the name of a manifest', async () => {
    await withFolder({}, async (cwd) => {
      await symlink('none', join(cwd, 'gone.yaml'))
      await symlink('none', join(cwd, 'gone'))
      const {files} = await searchFolder('.', {cwd, temporary: false})
      assert.deepEqual(
        files.map(({file}) => file),
        ['gone.yaml'],
      )
    })
  })

  it('skips a pipe with the name of a manifest', async () => {
    await withFolder({'a.yaml': ''}, async (cwd) => {
      assert.equal(spawnSync('mkfifo', [join(cwd, 'b.yaml')]).status, 0)
      const {files} = await searchFolder('.', {cwd, temporary: false})
      assert.deepEqual(
        files.map(({file}) => file),
        ['a.yaml'],
      )
    })
  })

  it('fails for a missing folder', async () => {
    await withFolder({}, async (cwd) => {
      await assert.rejects(searchFolder('gone', {cwd, temporary: true}), {
        code: 'file-unreadable',
        temporary: true,
      })
    })
  })
})

describe('MANIFEST_NAME', () => {
  it('matches YAML and JSON', () => {
    const names = ['a.yaml', 'a.yml', 'a.json', 'a.yaml~', 'yaml', 'a.YAML', 'a.yaml.tmpl']
    assert.deepEqual(
      names.map((name) => MANIFEST_NAME.test(name)),
      [true, true, true, false, false, false, false],
    )
  })
})
