import assert from 'node:assert/strict'
import {appendFile, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {LogTail} from '../../../../../src/dataplane/nginx/process/log-tail.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

describe('LogTail', () => {
  let folder: TemporaryFolder
  let path: string
  let tail: LogTail

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'log')
    tail = new LogTail(path)
  })

  afterEach(async () => {
    await tail.close()
    await folder.remove()
  })

  it('waits for the file, and then reads it from the beginning', async () => {
    assert.deepEqual(await tail.read(), [])
    await writeFile(path, 'a\nb\n')
    assert.deepEqual(await tail.read(), ['a', 'b'])
    assert.deepEqual(await tail.read(), [])
  })

  it('skips what was there before', async () => {
    await writeFile(path, 'old\n')
    await tail.skip()
    await appendFile(path, 'new\n')
    assert.deepEqual(await tail.read(), ['new'])
  })

  it('waits for the end of a line', async () => {
    await writeFile(path, 'a\nhal')
    assert.deepEqual(await tail.read(), ['a'])
    await appendFile(path, 'f\n')
    assert.deepEqual(await tail.read(), ['half'])
  })

  it('reads more than fits into its buffer', async () => {
    const lines = Array.from({length: 5000}, (_, index) => `line ${index} ${'x'.repeat(40)}`)
    await writeFile(path, lines.map((line) => `${line}\n`).join(''))
    assert.deepEqual(await tail.read(), lines)
  })

  it('starts over when the file was truncated', async () => {
    await writeFile(path, 'a long line\n')
    await tail.read()
    await writeFile(path, 'b\n')
    assert.deepEqual(await tail.read(), ['b'])
  })

  it('follows a renamed file until there is a new one, and then reads that', async () => {
    await writeFile(path, 'a\n')
    await tail.read()
    await rename(path, `${path}.1`)
    await appendFile(`${path}.1`, 'late\n')
    assert.deepEqual(await tail.read(), ['late'])
    await writeFile(path, 'new\n')
    assert.deepEqual(await tail.read(), [])
    await appendFile(`${path}.1`, 'last\n')
    assert.deepEqual(await tail.read(), ['last'])
    assert.deepEqual(await tail.read(), ['new'])
  })
})
