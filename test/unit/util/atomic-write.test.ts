import assert from 'node:assert/strict'
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {writeFileAtomically} from '../../../src/util/atomic-write.js'

describe('writeFileAtomically', () => {
  let folder: string
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'lbex-atomic-write-'))))
  afterEach(() => rm(folder, {recursive: true}))

  for (const sync of [true, false]) {
    it(`replaces a file and leaves nothing beside it (sync: ${sync})`, async () => {
      const path = join(folder, 'a')
      await writeFile(path, 'old')
      await writeFileAtomically(path, 'new', {sync})
      assert.equal(await readFile(path, 'utf8'), 'new')
      assert.deepEqual(await readdir(folder), ['a'])
    })
  }

  it('creates a missing file', async () => {
    await writeFileAtomically(join(folder, 'a'), 'text')
    assert.equal(await readFile(join(folder, 'a'), 'utf8'), 'text')
  })

  it('keeps the old file, and leaves no temporary one, when it cannot write', async () => {
    await mkdir(join(folder, 'a'))
    await assert.rejects(writeFileAtomically(join(folder, 'a'), 'text'), {code: /EISDIR|ENOTEMPTY|EEXIST/})
    await assert.rejects(writeFileAtomically(join(folder, 'missing', 'a'), 'text'), {code: 'ENOENT'})
    assert.deepEqual(await readdir(folder), ['a'])
  })

  it('readers get the old text or the new one, never a part', async () => {
    const path = join(folder, 'a')
    const texts = ['x'.repeat(100_000), 'y'.repeat(200_000)]
    await writeFile(path, texts[0] ?? '')
    const writing = (async () => {
      for (let round = 0; round < 20; round += 1)
        await writeFileAtomically(path, texts[round % 2] ?? '', {sync: false})
    })()
    const seen = new Set<string>()
    for (let round = 0; round < 50; round += 1) seen.add(await readFile(path, 'utf8'))
    await writing
    assert.deepEqual(
      [...seen].filter((text) => !texts.includes(text)),
      [],
    )
  })
})
