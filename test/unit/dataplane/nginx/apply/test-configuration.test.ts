import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {exhausted, type Complaint} from '../../../../../src/dataplane/nginx/process/complaint.js'
import {impatient, testConfiguration} from '../../../../../src/dataplane/nginx/apply/test-configuration.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

describe('testConfiguration', () => {
  let folder: TemporaryFolder

  before(async () => (folder = await temporaryFolder()))
  after(() => folder.remove())

  async function judge(script: string, limit?: number): Promise<Complaint | undefined> {
    const binary = join(folder.path, 'nginx')
    await writeFile(binary, `#!/bin/sh\n${script}\n`, {mode: 0o755})
    return testConfiguration(binary, '/nginx.conf', limit === undefined ? {} : {limit})
  }

  it('says that NGINX gave no verdict when its test is killed, or takes too long', async () => {
    assert.deepEqual(await judge('kill -9 $$'), exhausted('nginx -t was ended by SIGKILL'))
    assert.deepEqual(await judge('exec sleep 60', 200), exhausted('nginx -t did not end within 0.2 s'))
  })

  it('has the kernel end the test before anything else when memory runs out', async () => {
    const wait = 'until grep -q 1000 /proc/$$/oom_score_adj; do :; done'
    assert.equal(await judge(wait, 10_000), undefined)
  })
})

describe('impatient', () => {
  it('gives a test four times as long as the last one that was accepted took, from 10 to 60 s', async () => {
    const limits: number[] = []
    let now = 0
    const test = impatient(
      async (took: number, limit: number) => {
        limits.push(limit)
        now += took
        return took > limit ? exhausted('too long') : undefined
      },
      {monotonic: () => now},
    )
    for (const took of [70_000, 5, 11_000, 5000, 1, 30_000]) await test(took)
    assert.deepEqual(limits, [60_000, 60_000, 10_000, 10_000, 20_000, 10_000])
  })
})
