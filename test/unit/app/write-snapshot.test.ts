import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {writeSnapshot} from '../../../src/app/write-snapshot.js'
import {aNode, aSnapshot} from '../../support/builders.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

describe('writeSnapshot', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('writes a List', async () => {
    const path = join(folder.path, 'seen.json')
    await writeSnapshot(path, aSnapshot([aNode('a')]))
    const {kind, items} = JSON.parse(await readFile(path, 'utf8')) as {kind: string; items: unknown[]}
    assert.deepEqual([kind, items.length], ['List', 1])
  })

  it('says so where it cannot', async () => {
    await assert.rejects(writeSnapshot(join(folder.path, 'none/seen.json'), aSnapshot([])), {
      name: 'Failure',
      code: 'snapshot-out',
    })
  })
})
