import assert from 'node:assert/strict'
import {rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {scanPaths} from '../../../../src/sources/manifests/scan-paths.js'
import {withFolder, write} from './support.js'

/** What is seen below \`cwd\`, without it. */
async function see(paths: string[], cwd: string): Promise<{files: string[]; folders: string[]}> {
  const {files, folders} = await scanPaths(paths, cwd)
  const below = (all: ReadonlySet<string>): string[] =>
    [...all]
      .filter((path) => path.startsWith(cwd))
      .map((path) => path.slice(cwd.length))
      .sort()
  return {files: below(files), folders: below(folders)}
}

describe('scanPaths', () => {
  it('sees a file, its folder and where links lead', async () => {
    await withFolder({'a/x.yaml': '', 'real/y.yaml': ''}, async (cwd) => {
      await symlink('../real/y.yaml', join(cwd, 'a/y.yaml'))
      assert.deepEqual(await see(['a/x.yaml', 'a/y.yaml'], cwd), {
        files: ['/a/x.yaml', '/a/y.yaml', '/real/y.yaml'],
        folders: ['/a', '/real'],
      })
    })
  })

  it('sees a folder with those below it, and the one above, where it could be replaced', async () => {
    await withFolder({'a/b/x.yaml': '', 'a/c/readme': ''}, async (cwd) => {
      assert.deepEqual(await see(['a'], cwd), {files: ['/a/b/x.yaml'], folders: ['', '/a', '/a/b', '/a/c']})
    })
  })

  it('sees where a path would appear that is not there', async () => {
    await withFolder({'a/readme': ''}, async (cwd) => {
      assert.deepEqual(await see(['a/x.yaml'], cwd), {files: [], folders: ['/a']})
      assert.deepEqual(await see(['a/b/c/x.yaml'], cwd), {files: [], folders: ['/a']})
      assert.deepEqual(await see(['a'], cwd), {files: [], folders: ['', '/a']})
      assert.deepEqual(await see(['a/*.yaml'], cwd), {files: [], folders: ['', '/a']})
      assert.deepEqual(await see(['none/**/*.yaml'], cwd), {files: [], folders: ['']})
    })
  })

  it('has another fingerprint after a path went, came or came back otherwise', async () => {
    await withFolder({'x.yaml': 'x', 'y.yaml': 'y'}, async (cwd) => {
      const prints: string[] = []
      const next = async (): Promise<void> =>
        void prints.push((await scanPaths(['x.yaml', '*.yaml'], cwd)).fingerprint)
      await next()
      await rm(join(cwd, 'x.yaml'))
      await next()
      await write(join(cwd, 'x.yaml'), 'other')
      await next()
      await write(join(cwd, 'z.yaml'), 'z')
      await next()
      assert.equal(new Set(prints).size, 4)
      assert.equal((await scanPaths(['x.yaml', '*.yaml'], cwd)).fingerprint, prints[3])
    })
  })
})
