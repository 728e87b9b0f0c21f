import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {compare} from '../../../../src/cli/run/compare.js'
import {formatIndex, indexGeneration} from '../../../../src/dataplane/nginx/store/generation-index.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {RESULT} from '../../report/samples.js'

describe('compare', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  /** Makes the result live; replaces the first line of each file if one is given. */
  async function serve(firstLine = ''): Promise<string> {
    const current = join(folder.path, 'current')
    await mkdir(join(current, 'services'), {recursive: true})
    for (const {path, text} of RESULT.generation.files) await writeFile(join(current, path), firstLine + text)
    await writeFile(join(current, 'manifest.json'), formatIndex(indexGeneration(RESULT.generation)))
    return current
  }

  it('ignores changed comments in the live configuration, because they cause no reload', async () => {
    await serve('# Another remark.\n')
    const {output, notes} = await compare(RESULT, 'live', folder.path, false)
    assert.deepEqual([output, notes], ['', 'no differences\n'])
  })

  it('compares with the live configuration', async () => {
    const current = await serve()
    const same = await compare(RESULT, 'live', folder.path, false)
    assert.deepEqual(same, {output: '', notes: 'no differences\n', exitCode: 0})

    await writeFile(join(current, 'nginx.conf'), 'something else\n')
    const {output} = await compare(RESULT, 'live', folder.path, false)
    assert.match(output, /^-something else\n\+include services\.conf;$/m)
    const coloured = await compare(RESULT, 'live', folder.path, true)
    assert.match(coloured.output, /\u001B\[31m-something else/)
  })

  it('fails if nothing is live', async () => {
    await assert.rejects(compare(RESULT, 'live', folder.path, false), {
      name: 'Failure',
      code: 'no-live-generation',
      message: `no configuration is served from ${folder.path}`,
    })
  })
})
