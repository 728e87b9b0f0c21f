import assert from 'node:assert/strict'
import {readFile, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {LogFile} from '../../../../src/observe/access-log/log-file.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'

describe('LogFile', () => {
  let now: number
  let folder: TemporaryFolder
  let path: string

  beforeEach(async () => {
    now = 0
    folder = await temporaryFolder()
    path = join(folder.path, 'access.log')
  })
  afterEach(() => folder.remove())

  const open = (rotateAt?: number) =>
    LogFile.open(path, {clock: {monotonic: () => now}, ...(rotateAt !== undefined && {rotateAt})})
  const text = (name = path) => readFile(name, 'utf8')

  it('appends', async () => {
    for (const line of ['a\n', 'b\n']) {
      const log = await open()
      assert.equal(await log.write(Buffer.from(line)), 2)
      await log.close()
    }
    assert.equal(await text(), 'a\nb\n')
  })

  it('is renamed when it is large, and replaces the older one', async () => {
    const log = await open(4)
    for (const line of ['a\n', 'b\n', 'c\n', 'd\n', 'e\n']) await log.write(Buffer.from(line))
    assert.deepEqual([await text(`${path}.1`), await text()], ['c\nd\n', 'e\n'])
    await log.close()
  })

  it('is opened again if another program renames it', async () => {
    const log = await open()
    await log.write(Buffer.from('a\n'))
    await rename(path, `${path}.old`)
    await log.write(Buffer.from('b\n'))
    now = 1000
    await log.write(Buffer.from('c\n'))
    assert.deepEqual([await text(`${path}.old`), await text()], ['a\nb\n', 'c\n'])
    await log.close()
  })

  it('never rotates a device', async () => {
    path = '/dev/null'
    const log = await open(1)
    for (const line of ['a\n', 'b\n']) assert.equal(await log.write(Buffer.from(line)), 2)
    await log.close()
  })

  it('fails if it cannot be opened', async () => {
    path = join(folder.path, 'missing/access.log')
    await assert.rejects(open(), {name: 'Failure', code: 'access-log-file'})
  })
})
