import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {compare} from '../../../src/app/compare.js'
import {formatManifest, manifestOf} from '../../../src/nginx/manifest.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {RESULT} from '../report/samples.js'

describe('compare', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('compares with what is live', async () => {
    const current = join(folder.path, 'current')
    await mkdir(join(current, 'services'), {recursive: true})
    for (const {path, text} of RESULT.generation.files) await writeFile(join(current, path), text)
    await writeFile(join(current, 'manifest.json'), formatManifest(manifestOf(RESULT.generation)))
    const same = await compare(RESULT, 'live', folder.path, false)
    assert.deepEqual(same, {output: '', notes: 'no differences\n', exitCode: 0})

    await writeFile(join(current, 'nginx.conf'), 'something else\n')
    const {output} = await compare(RESULT, 'live', folder.path, false)
    assert.match(output, /^-something else\n\+include services\.conf;$/m)
    const coloured = await compare(RESULT, 'live', folder.path, true)
    assert.match(coloured.output, /\u001B\[31m-something else/)
  })

  it('fails where nothing is live', async () => {
    await assert.rejects(compare(RESULT, 'live', folder.path, false), {
      name: 'Failure',
      code: 'no-live-generation',
      message: `nothing is served from ${folder.path}`,
    })
  })
})
