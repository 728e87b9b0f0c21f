import assert from 'node:assert/strict'
import {statOf} from '../../../../src/sources/manifests/file-stats.js'
import {withFolder} from './support.js'

describe('statOf', () => {
  it('finds files and folders below the working directory', async () => {
    await withFolder({'a/b.yaml': ''}, async (cwd) => {
      const options = {cwd, temporary: false}
      assert.equal((await statOf('a', options))?.isDirectory(), true)
      assert.equal((await statOf('a/b.yaml', options))?.isFile(), true)
    })
  })

  it('returns undefined for a missing file only', async () => {
    await withFolder({'a.yaml': ''}, async (cwd) => {
      const options = {cwd, temporary: true}
      assert.equal(await statOf('none', options), undefined)
      assert.equal(await statOf('a.yaml/below', options), undefined)
      await assert.rejects(statOf('x'.repeat(300), options), {code: 'file-unreadable', temporary: true})
    })
  })
})
