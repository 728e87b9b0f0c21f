import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {exhausted, type Refusal} from '../../../../../src/dataplane/nginx/process/refusal.js'
import {
  withAdaptiveLimit,
  testConfiguration,
} from '../../../../../src/dataplane/nginx/apply/test-configuration.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

describe('testConfiguration', () => {
  let folder: TemporaryFolder

  before(async () => (folder = await temporaryFolder()))
  after(() => folder.remove())

  async function test(script: string, limit?: number): Promise<Refusal | undefined> {
    const binary = join(folder.path, 'nginx')
    await writeFile(binary, `#!/bin/sh\n${script}\n`, {mode: 0o755})
    return testConfiguration(binary, '/nginx.conf', limit === undefined ? {} : {limit})
  }

  it('reports that NGINX gave no result if its configtest is killed or takes too long', async () => {
    assert.deepEqual(await test('kill -9 $$'), exhausted('nginx -t was ended by SIGKILL'))
    assert.deepEqual(await test('exec sleep 60', 200), exhausted('nginx -t did not end within 0.2 s'))
  })

  it('has the kernel kill the configtest first when memory runs out', async () => {
    const wait = 'until grep -q 1000 /proc/$$/oom_score_adj; do :; done'
    assert.equal(await test(wait, 10_000), undefined)
  })
})

describe('withAdaptiveLimit', () => {
  it('limits a configtest to four times the duration of the last accepted one, from 10 to 60 s', async () => {
    const limits: number[] = []
    let now = 0
    const test = withAdaptiveLimit(
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
