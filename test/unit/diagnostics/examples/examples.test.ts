/** Every example of the documentation is what it says: the bad one has the finding, the good one has none. */
import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {check} from '../../../../src/lint/command/check.js'
import {EXAMPLES} from '../../../../src/diagnostics/examples/examples.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {checkLine} from '../../cli/run/flags.js'

describe('the examples', () => {
  let folder: TemporaryFolder
  before(async () => (folder = await temporaryFolder()))
  after(() => folder.remove())

  const codesIn = async (text: string, flags: readonly string[]): Promise<string[]> => {
    const file = join(folder.path, 'example.yaml')
    await writeFile(file, text)
    const line = await checkLine(file, '--config=none', '--format=json', ...flags)
    const {output} = await check(line.flags, line.words, [])
    const {diagnostics} = JSON.parse(output) as {diagnostics: {code: string}[]}
    return diagnostics.map(({code}) => code)
  }

  for (const [code, example] of Object.entries(EXAMPLES)) {
    if ('never' in example) continue
    const {bad, good, flags = []} = example
    it(`${code}: bad`, async () => {
      const codes = await codesIn(bad, flags)
      assert.ok(codes.includes(code), codes.join())
    })
    it(`${code}: good`, async () => assert.deepEqual(await codesIn(good, flags), []))
  }
})
