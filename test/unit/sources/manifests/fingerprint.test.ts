import assert from 'node:assert/strict'
import {rename, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileStates, fingerprintOf} from '../../../../src/sources/manifests/fingerprint.js'
import {withFolder} from './support.js'

const found = (path: string, isPipe = false) => ({file: path, path, isPipe})

describe('fingerprintOf', () => {
  const changes: [what: string, change: (folder: string) => Promise<void>][] = [
    ['other content', (folder) => writeFile(join(folder, 'a.yaml'), 'longer')],
    ['another time', (folder) => utimes(join(folder, 'a.yaml'), 1, 1)],
    ['a file that is gone', (folder) => rm(join(folder, 'a.yaml'))],
    ['a file put in its place', (folder) => rename(join(folder, 'b.yaml'), join(folder, 'a.yaml'))],
    [
      'a link that leads elsewhere',
      async (folder) => {
        await symlink('b.yaml', join(folder, 'new'))
        await rename(join(folder, 'new'), join(folder, 'link.yaml'))
      },
    ],
  ]
  for (const [what, change] of changes) {
    it(`tells of ${what}`, async () => {
      await withFolder({'a.yaml': 'a', 'b.yaml': 'a'}, async (folder) => {
        await symlink('a.yaml', join(folder, 'link.yaml'))
        const look = async () =>
          fingerprintOf(await fileStates([found(join(folder, 'a.yaml')), found(join(folder, 'link.yaml'))]))
        const before = await look()
        assert.equal(await look(), before)
        await change(folder)
        assert.notEqual(await look(), before)
      })
    })
  }
})

describe('fileStates', () => {
  it('follows links, knows what is gone, and leaves pipes alone', async () => {
    await withFolder({'a.yaml': 'a'}, async (folder) => {
      const [path, link, gone] = ['a.yaml', 'link.yaml', 'gone.yaml'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ]
      await symlink('a.yaml', link)
      const states = await fileStates([found(link), found(gone), found(path, true)])
      assert.deepEqual(
        states.map(({path: at, realPath}) => [at, realPath]),
        [
          [link, path],
          [gone, undefined],
        ],
      )
      assert.equal(states[1]?.stamp, 'ENOENT')
    })
  })
})
