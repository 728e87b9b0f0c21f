import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {readKnownFailures, writeKnownFailures} from '../../../src/health/known-failures.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

const FAILURE = {reason: 'status 500', since: 5, flapping: false, probed: 7}

describe('the file of known failures', () => {
  let folder: TemporaryFolder
  let path: string
  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'health.json')
  })
  afterEach(() => folder.remove())

  it('returns what was written', async () => {
    const failures = new Map([['10.0.0.1:80 tcp', FAILURE]])
    await writeKnownFailures(path, failures)
    assert.deepEqual(await readKnownFailures(path), failures)
  })

  it('returns nothing if the file is missing, damaged or of another version', async () => {
    assert.deepEqual(await readKnownFailures(path), new Map())
    for (const content of ['', '{"version":1,"failu', 'null', '{"version":1,"failures":7}']) {
      await writeFile(path, content)
      assert.deepEqual(await readKnownFailures(path), new Map(), content)
    }
    await writeFile(path, JSON.stringify({version: 2, failures: [['a', FAILURE]]}))
    assert.deepEqual(await readKnownFailures(path), new Map())
  })

  it('skips entries that are not complete', async () => {
    const incomplete = [
      7,
      [7, FAILURE],
      ['no failure', null],
      ['no reason', {...FAILURE, reason: 7}],
      ['no time', {...FAILURE, since: 'yesterday'}],
      ['no probe', {...FAILURE, probed: null}],
      ['no flapping', {...FAILURE, flapping: undefined}],
    ]
    await writeFile(path, JSON.stringify({version: 1, failures: [...incomplete, ['good', FAILURE]]}))
    assert.deepEqual(await readKnownFailures(path), new Map([['good', FAILURE]]))
  })
})
