import assert from 'node:assert/strict'
import type {GceFake} from '../support/gce-fake/gce-fake.js'
import {gceWorld, TARGET, UP as UP_FLAGS, type World} from '../support/gce-fake/world.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {lbex, type Ended} from './lbex.js'

const UP = ['gce', 'up', ...UP_FLAGS]

describe('lbex gce', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let world: World
  let fake: GceFake

  beforeEach(async () => {
    world = await gceWorld({gcloud: 'stand-in'})
    fake = world.fake
  })
  afterEach(() => world.close())

  function run(...parameters: string[]): Promise<Ended> {
    return lbex(parameters, {env: world.env})
  }

  it('takes the flags of lbex 1.x: long, short and as variables', async () => {
    const long = await run(
      ...[
        'gce',
        'up',
        '--dry-run',
        '--name',
        'my-lbex',
        '--project',
        'my-project',
        '--region',
        'us-central1',
      ],
      ...[
        '--cidr',
        '10.150.0.0/26',
        '--cluster-name',
        'shop',
        '--num-autoscale',
        '12',
        '--cluster-zone',
        'us-central1-a',
      ],
      ...[
        '--cluster-network',
        'net',
        '--health-port',
        '1337',
        '--machine-type',
        'e2-medium',
        '--ingress-cidr',
        '0.0.0.0/0',
      ],
      '--lbex-package=lbex@2.0.0',
    )
    const short = await run(
      ...[
        'gce',
        'up',
        '--dry-run',
        '-n',
        'my-lbex',
        '-i',
        'my-project',
        '-r',
        'us-central1',
        '-c',
        '10.150.0.0/26',
        '-m',
        'shop',
      ],
      ...['-s', '12', '-z', 'us-central1-a', '-t', 'net', '-p', '1337', '-a', 'e2-medium', '-g', '0.0.0.0/0'],
      '--lbex-package=lbex@2.0.0',
    )
    const variables = await lbex(['gce', 'up', '--dry-run'], {
      env: {
        ...world.env,
        ...{
          LBEX_GCE_NAME: 'my-lbex',
          LBEX_GCE_PROJECT: 'my-project',
          LBEX_GCE_CIDR: '10.150.0.0/26',
          LBEX_GCE_CLUSTER_NAME: 'shop',
        },
        ...{LBEX_GCE_NUM_AUTOSCALE: '12', LBEX_GCE_CLUSTER_NETWORK: 'net', LBEX_GCE_HEALTH_PORT: '1337'},
        ...{
          LBEX_GCE_MACHINE_TYPE: 'e2-medium',
          LBEX_GCE_INGRESS_CIDR: '0.0.0.0/0',
          LBEX_GCE_LBEX_PACKAGE: 'lbex@2.0.0',
        },
      },
    })
    assert.deepEqual([long.exitCode, long.stderr], [0, ''])
    assert.deepEqual([short, variables], [long, long])
  })

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
    assert.deepEqual(fake.http.requests, [])
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

  it('says what to install if there is no gcloud', async () => {
    const absent = await lbex(UP, {env: {...world.env, PATH: '/nonexistent'}})
    assert.deepEqual(
      [absent.exitCode, absent.stderr],
      [
        3,
        'error: gcloud cannot be started: there is no such program\nhint: install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install\n',
      ],
    )
    assert.deepEqual(fake.http.requests, [])
  })
})
