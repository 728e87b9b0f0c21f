import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {readContext} from '../../../../src/lint/command/check-context.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {BARE} from '../../../commands/manifests.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'

const flags = (allowEmpty: boolean) => ({
  'allow-empty': allowEmpty,
  'max-file-size': undefined,
  'follow-links': false,
})

describe('readContext', () => {
  let folder: TemporaryFolder
  let file: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    file = join(folder.path, 'cluster.yaml')
  })
  afterEach(() => folder.remove())

  const read = async (text: string, allowEmpty = false) => {
    await writeFile(file, text)
    return readContext([file], flags(allowEmpty))
  }

  it('reads Services', async () => {
    assert.equal((await read(BARE)).snapshot.services.length, 1)
  })

  it('rejects broken files with the place', async () => {
    for (const text of [`${BARE}---\na: [\n`, BARE.replace('port: 123', 'port: "123"')]) {
      const error: unknown = await read(text, true).catch((thrown: unknown) => thrown)
      assert.ok(error instanceof Failure && error.code === 'context-broken')
      assert.match(error.message, /^--context-file: .*cluster\.yaml:\d+: /)
    }
  })

  it('rejects files without a Service, unless --allow-empty is given', async () => {
    for (const text of ['', 'error: you must be logged in\n', 'The server refused\n', 'kind: List\n']) {
      await assert.rejects(read(text), /context-file/)
    }
    await assert.rejects(read(''), {name: 'UsageError'})
    assert.deepEqual((await read('', true)).snapshot.services, [])
  })

  it('names the flag if a file is missing', async () => {
    await assert.rejects(readContext([file], flags(true)), {
      code: 'path-not-found',
      message: /^--context-file: there is no file/,
      hint: /^check the path after --context-file/,
    })
  })
})
