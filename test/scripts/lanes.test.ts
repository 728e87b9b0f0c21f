import assert from 'node:assert/strict'
import {join} from 'node:path'
import {globSync} from 'tinyglobby'
import {LANES, laneOf} from '../../scripts/lanes.mjs'

const root = join(import.meta.dirname, '../..')
const files = globSync('test/**/*.test.ts', {cwd: root, ignore: 'test/install/**'})

describe('the lanes of npm test', () => {
  it('each have tests', () => {
    for (const lane of LANES) assert.ok(files.filter((file) => laneOf(file) === lane).length >= 10, lane)
  })

  it('keep tests that serve traffic and those that run gcloud apart', () => {
    const expected = {
      'test/integration/nginx/heavy-traffic.test.ts': 'serving',
      'test/e2e/on-double.test.ts': 'e2e',
      'test/component/kube/tunnel.test.ts': 'serving',
      'test/commands/run.test.ts': 'serving',
      'test/commands/gce.test.ts': 'other',
      'test/component/gce/shell.test.ts': 'other',
      'test/integration/gce/on-real-gcloud.test.ts': 'other',
      'test/unit/util/backoff.test.ts': 'other',
    } as const
    const lanes = Object.keys(expected).map((file) => [file, laneOf(file)])
    assert.deepEqual(Object.fromEntries(lanes), expected)
    assert.deepEqual(
      Object.keys(expected).filter((file) => !files.includes(file)),
      [],
    )
  })
})
