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

  it('accepts the flags of lbex 1.x, long, short and as variables', async () => {
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

  it('rejects invalid flags before it starts anything', async () => {
    const cases: [flags: string[], error: string][] = [
      [
        ['--name', 'Web'],
        `error: --name: must be a name (lowercase letters, digits and '-', starting with a letter), this is "Web"`,
      ],
      [['--name', 'w'.repeat(50)], 'error: --name: must have at most 49 characters, this has 50'],
      [
        ['--name', 'w'.repeat(30)],
        'error: --name: no service account can be made for a name of more than 25 characters, this has 30',
      ],
      [['--project', 'My Project'], 'error: --project: must be a project ID, this is "My Project"'],
      [['--region', 'us'], 'error: --region: must be a region such as us-central1, this is "us"'],
      [['--region', 'us-east1'], 'error: --cluster-zone us-central1-a is not in --region us-east1'],
      [
        ['--cluster-zone', 'here'],
        'error: --cluster-zone: must be a zone such as us-central1-a, or a region, this is "here"',
      ],
      [
        ['--cidr', '10.150.0.0'],
        'error: --cidr: must be an IPv4 range such as 10.150.0.0/27, this is "10.150.0.0"',
      ],
      [
        ['--cidr', '10.150.0.1/27'],
        'error: --cidr: 10.150.0.1/27 has bits set after its prefix\nhint: write 10.150.0.0/27',
      ],
      [['--cidr', '10.150.0.0/30'], 'error: --cidr: must be a range from /8 to /29, this is "10.150.0.0/30"'],
      [
        ['--cidr', '10.150.0.0/28'],
        'error: --cidr 10.150.0.0/28 holds 12 hosts, and 13 are needed: --num-autoscale 10 and 3 more while a new template is rolled out\nhint: give a /27, or --num-autoscale 9',
      ],
      [
        ['--cidr', '10.150.0.0/29'],
        'error: --cidr 10.150.0.0/29 holds 4 hosts, and 13 are needed: --num-autoscale 10 and 3 more while a new template is rolled out\nhint: give a /27',
      ],
      [
        ['--num-autoscale', '1'],
        'error: --num-autoscale: must be a number from 2 (the minimum size of the group) to 1000, this is "1"',
      ],
      [['--health-port', '0'], 'error: --health-port: must be a port from 1 to 65535, this is "0"'],
      [['--ports', '80,x'], 'error: --ports: must be ports such as 80, 9827/udp or 8000-8100, this is "x"'],
      [
        ['--ports', '90-80'],
        'error: --ports: must be a range from a lower to a higher port, this is "90-80"',
      ],
      [
        ['--ports', '80/sctp'],
        'error: --ports: must be ports such as 80, 9827/udp or 8000-8100, this is "80/sctp"',
      ],
      [
        ['--ingress-cidr', '10.0.0.0/8,::/0'],
        'error: --ingress-cidr: must be an IPv4 range such as 10.150.0.0/27, this is "::/0"',
      ],
      [
        ['--machine-type', 'E2'],
        'error: --machine-type: must be a machine type such as e2-small, this is "E2"',
      ],
      [
        ['--service-account', 'me'],
        'error: --service-account: must be the email address of a service account, this is "me"',
      ],
      [
        ['--lbex-package', 'a b'],
        'error: --lbex-package: must be one version such as lbex@2.0.0, or https://HOST/PATH.tgz#sha256=CHECKSUM, this is "a b"',
      ],
      [
        ['--wait-timeout', 'soon'],
        'error: --wait-timeout: must be a duration such as 500ms, 30s, 5m or 12h, this is "soon"',
      ],
      [
        ['--service-account', 'a@b.iam.gserviceaccount.com', '--create-service-account'],
        'error: --service-account and --create-service-account cannot be used together',
      ],
      [
        ['--no-create-service-account'],
        'error: no account is made for the hosts, and none is given\nhint: give --service-account',
      ],
      [
        ['--wait-timeout', '0'],
        'error: --wait-timeout: must be longer than 0\nhint: --no-wait does not wait',
      ],
    ]
    for (const [flags, error] of cases) {
      const {stdout, stderr, exitCode} = await run(...UP, ...flags)
      assert.deepEqual([stdout, exitCode, stderr.startsWith(error)], ['', 2, true], stderr)
    }
    const bare = await run('gce', 'up')
    assert.match(bare.stderr, /^error: --name, --project, --cluster-name, --cluster-network must be given\n/)
    const down = await run('gce', 'down', ...TARGET)
    assert.deepEqual(
      [down.exitCode, down.stderr],
      [2, 'error: nobody can be asked: this is no terminal\nhint: give --yes to delete without a question\n'],
    )
    assert.deepEqual(fake.http.requests, [])
  })

  it('knows its commands', async () => {
    assert.match((await run('gce')).stdout, /gce down .*\n(.*\n)* {2}gce status .*\n(.*\n)* {2}gce up /)
    const wrong = await run('gce', 'upp')
    assert.deepEqual(
      [wrong.exitCode, wrong.stderr],
      [2, 'error: unknown command "gce upp"\nhint: did you mean lbex gce up?\n'],
    )
    assert.match((await run('gce', 'everything')).stderr, /hint: lbex gce --help lists the commands\n$/)
    assert.match((await run('gce', 'up', '-h')).stdout, /-n, --name=NAME/)
  })

  it('explains what to do without gcloud', async () => {
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
