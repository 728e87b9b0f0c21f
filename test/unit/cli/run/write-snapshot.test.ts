import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {lstat, readFile, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {writeSnapshot} from '../../../../src/cli/run/write-snapshot.js'
import {aNode, aSnapshot} from '../../../support/builders.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'

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

  it('writes to a pipe, and not through a link', async () => {
    const pipe = join(folder.path, 'pipe')
    await promisify(execFile)('mkfifo', [pipe])
    const [text] = await Promise.all([readFile(pipe, 'utf8'), writeSnapshot(pipe, aSnapshot([]))])
    assert.match(text, /"List"/)
    assert.ok((await lstat(pipe)).isFIFO())
    const [path, link] = [join(folder.path, 'seen.json'), join(folder.path, 'link.json')]
    await writeFile(path, '')
    await symlink(path, link)
    await assert.rejects(writeSnapshot(link, aSnapshot([aNode('a')])), {
      code: 'snapshot-out',
      message: /link\.json is a symbolic link, and nothing is written through links$/,
    })
    assert.ok((await lstat(link)).isSymbolicLink())
    assert.equal(await readFile(path, 'utf8'), '')
  })

  it('fails if the file cannot be written', async () => {
    await assert.rejects(writeSnapshot(join(folder.path, 'none/seen.json'), aSnapshot([])), {
      name: 'Failure',
      code: 'snapshot-out',
    })
  })
})
