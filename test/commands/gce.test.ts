import assert from 'node:assert/strict'
import {TARGET, UP as UP_FLAGS} from '../support/gce-fake/world.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {lbex, type Ended} from './lbex.js'

const UP = ['gce', 'up', ...UP_FLAGS]

describe('lbex gce, without a gcloud', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  function run(...parameters: string[]): Promise<Ended> {
    return lbex(parameters, {env: {PATH: '/nonexistent'}})
  }

  /** If lbex started gcloud, the exit code would be 3. */
  it('rejects invalid flags before it starts gcloud', async () => {
    for (const [flags, error] of [
      [['--region', 'us'], 'error: --region: must be a region such as us-central1, this is "us"'],
      [
        ['--cidr', '10.150.0.0/29'],
        'error: --cidr 10.150.0.0/29 has room for 4 hosts, but 13 are needed: --num-autoscale 10 and 3 more during a rollout of a new template\nhint: use a /27',
      ],
    ] as const) {
      const {stdout, stderr, exitCode} = await run(...UP, ...flags)
      assert.deepEqual([stdout, exitCode, stderr.startsWith(error)], ['', 2, true], stderr)
    }
    const bare = await run('gce', 'up')
    assert.match(bare.stderr, /^error: --name, --project, --cluster-name, --cluster-network must be given\n/)
    const down = await run('gce', 'down', ...TARGET)
    assert.deepEqual(
      [down.exitCode, down.stderr],
      [
        2,
        'error: cannot ask for confirmation: standard input is not a terminal\nhint: use --yes to delete without confirmation\n',
      ],
    )
  })

  it('lists its commands, and suggests one for a misspelt one', async () => {
    assert.match((await run('gce')).stdout, /gce down .*\n(.*\n)* {2}gce status .*\n(.*\n)* {2}gce up /)
    const wrong = await run('gce', 'upp')
    assert.deepEqual(
      [wrong.exitCode, wrong.stderr],
      [2, 'error: unknown command "gce upp"\nhint: did you mean lbex gce up?\n'],
    )
    assert.match((await run('gce', 'everything')).stderr, /hint: lbex gce --help lists the commands\n$/)
    assert.match((await run('gce', 'up', '-h')).stdout, /-n, --name=NAME/)
  })

  it('says what to install', async () => {
    const absent = await run(...UP)
    assert.deepEqual(
      [absent.exitCode, absent.stderr],
      [
        3,
        'error: gcloud cannot be started: there is no such program\nhint: install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install\n',
      ],
    )
  })
})
