import assert from 'node:assert/strict'
import {mkdir, realpath, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {pathBelow, realPathOf, uriFrom} from '../../../../src/lint/command/check-paths.js'
import {repositoryRoot} from '../../../../src/util/repository-root.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'

describe('places', () => {
  it('are relative to the folder with .git, or to the working directory', async () => {
    const folder = await temporaryFolder()
    const deep = join(folder.path, 'a/b')
    await mkdir(deep, {recursive: true})
    assert.equal(repositoryRoot(deep), deep)
    await mkdir(join(folder.path, '.git'))
    assert.equal(repositoryRoot(deep), folder.path)
    await folder.remove()
  })

  it('are relative URIs below the root, and absolute ones elsewhere', () => {
    const uriOf = uriFrom('/repo', '/repo/k8s')
    assert.equal(uriOf('a b#c.yaml'), 'k8s/a%20b%23c.yaml')
    assert.equal(uriOf('../x.yaml'), 'x.yaml')
    assert.equal(uriOf('/tmp/x.yaml'), 'file:///tmp/x.yaml')
    assert.equal(uriOf('<stdin>'), undefined)
  })

  it('are below a folder or not', () => {
    assert.equal(pathBelow('/a', '/a/b/c'), 'b/c')
    assert.equal(pathBelow('/a', '/b'), undefined)
    assert.equal(pathBelow('/a/b', '/a'), undefined)
    assert.equal(pathBelow('/a', '/a/..b'), '..b')
  })

  it('resolve links, even of files that do not exist yet', async () => {
    const folder = await temporaryFolder()
    const real = await realpath(folder.path)
    await symlink('.', join(folder.path, 'link'))
    assert.equal(realPathOf(join(folder.path, 'link/new/file')), join(real, 'new/file'))
    assert.equal(realPathOf(join(folder.path, 'link')), real)
    assert.equal(realPathOf('/none/at/all'), '/none/at/all')
    await folder.remove()
  })
})
