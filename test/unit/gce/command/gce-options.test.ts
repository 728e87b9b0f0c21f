import assert from 'node:assert/strict'
import {groupOptionsOf, targetOf} from '../../../../src/gce/command/gce-options.js'
import {
  gceTargetFlags,
  gceUpFlags,
  type GceTargetFlags,
  type GceUpFlags,
} from '../../../../src/cli/flags/gce.js'
import {parseFlags} from '../../../../src/cli/parse-flags.js'
import {UsageError} from '../../../../src/cli/usage-error.js'

const REQUIRED = ['--name=web', '--project=my-project', '--cluster-name=shop', '--cluster-network=net']

async function optionsOf(...flags: string[]) {
  return optionsIf(true, ...flags)
}

async function optionsIf(isNameOurs: boolean, ...flags: string[]) {
  const parsed = await parseFlags({...gceTargetFlags, ...gceUpFlags}, flags, {})
  const startUp =
    '{{ cluster }} {{ healthPort }} {{ package }} {{ packageSha256 }} {{ nodeVersion }} {{ nodeMajor }} {{ nodeKey }} {{ capabilities }}'
  return groupOptionsOf(parsed as GceTargetFlags & GceUpFlags, {startUp, version: '1.2.3', isNameOurs})
}

describe('gce/command/gce-options', () => {
  it('has the defaults of the help', async () => {
    const {userData, ...options} = await optionsOf(...REQUIRED)
    assert.match(
      userData,
      /^projects\/my-project\/locations\/us-central1-a\/clusters\/shop 7331 lbex@1\.2\.3 none /,
    )
    assert.deepEqual(options, {
      name: 'web',
      project: 'my-project',
      region: 'us-central1',
      cluster: {name: 'shop', location: 'us-central1-a'},
      cidr: '10.150.0.0/27',
      network: 'net',
      maxHosts: 10,
      healthPort: 7331,
      ports: ['tcp:80', 'tcp:443'],
      ingress: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      machineType: 'e2-small',
      address: true,
      ipForward: false,
    })
  })

  it('requires --lbex-package as long as the name on npm may belong to someone else', async () => {
    await assert.rejects(optionsIf(false, ...REQUIRED), {
      name: 'UsageError',
      message:
        '--lbex-package must be given: this lbex is not published, and the name lbex on npm may belong to someone else',
    })
    const {userData} = await optionsIf(false, ...REQUIRED, '--lbex-package=lbex@2.0.0')
    assert.match(userData, / lbex@2\.0\.0 none /)
  })

  it('takes a region for a regional cluster', async () => {
    const {cluster} = await optionsOf(...REQUIRED, '--cluster-zone=us-central1')
    assert.equal(cluster.location, 'us-central1')
  })

  for (const [flags, message] of [
    [['--name=web'], /^--project, --cluster-name, --cluster-network must be given$/],
    [[...REQUIRED, `--name=${'w'.repeat(50)}`], /at most 49 characters/],
    [
      [...REQUIRED, `--name=${'w'.repeat(26)}`],
      /^--name: a service account needs a name of at most 25 characters/,
    ],
    [[...REQUIRED, '--create-service-account=false'], /^the hosts have no service account$/],
    [
      [...REQUIRED, '--service-account=a@b.iam.gserviceaccount.com', '--create-service-account'],
      /cannot be used together$/,
    ],
    [[...REQUIRED, '--ports=80,7331'], /^--ports 7331 contains 7331, which lbex itself uses/],
    [[...REQUIRED, '--ports=53/udp,7000-8000'], /^--ports 7000-8000 contains 7331/],
    [[...REQUIRED, '--region=us-east1'], /^--cluster-zone us-central1-a is not in --region us-east1$/],
    [
      [...REQUIRED, '--cidr=127.0.0.0/27'],
      /^--cidr 127\.0\.0\.0\/27 overlaps with 127\.0\.0\.0\/8, which no subnet can have$/,
    ],
    [[...REQUIRED, '--cidr=169.0.0.0/8'], /overlaps with 169\.254\.0\.0\/16/],
    [[...REQUIRED, '--cidr=10.150.0.0/28'], /has room for 12 hosts, but 13 are needed/],
  ] as const) {
    it(`rejects ${flags.at(-1)?.slice(0, 30)}`, () =>
      assert.rejects(optionsOf(...flags), {name: 'UsageError', message}))
  }

  it('accepts the number of the health port for UDP', async () => {
    assert.deepEqual((await optionsOf(...REQUIRED, '--ports=7331/udp,7332-7400')).ports, [
      'udp:7331',
      'tcp:7332-7400',
    ])
  })

  it('accepts an existing account, and a package with its checksum', async () => {
    const sha256 = '0a'.repeat(32)
    const {serviceAccount, userData} = await optionsOf(
      ...REQUIRED,
      ...['--service-account=a@b.iam.gserviceaccount.com', '--no-create-service-account'],
      `--lbex-package=https://example.com/lbex.tgz#sha256=${sha256}`,
    )
    assert.equal(serviceAccount, 'a@b.iam.gserviceaccount.com')
    assert.match(userData, new RegExp(`7331 https://example\\.com/lbex\\.tgz ${sha256} `))
  })

  it('requires name and project for every command', () => {
    assert.throws(() => targetOf({name: 'web', project: undefined, region: 'us-central1', json: false}), {
      message: '--project must be given',
    })
  })

  describe('rejects', () => {
    const cases: [flags: string[], message: string][] = [
      [
        ['--name', 'Web'],
        `--name: must be a name (lowercase letters, digits and '-', starting with a letter), this is "Web"`,
      ],
      [['--name', 'w'.repeat(50)], '--name: must have at most 49 characters, this has 50'],
      [
        ['--name', 'w'.repeat(30)],
        '--name: a service account needs a name of at most 25 characters, this has 30',
      ],
      [['--project', 'My Project'], '--project: must be a project ID, this is "My Project"'],
      [['--region', 'us'], '--region: must be a region such as us-central1, this is "us"'],
      [['--region', 'us-east1'], '--cluster-zone us-central1-a is not in --region us-east1'],
      [
        ['--cluster-zone', 'here'],
        '--cluster-zone: must be a zone such as us-central1-a, or a region, this is "here"',
      ],
      [['--cidr', '10.150.0.0'], '--cidr: must be an IPv4 range such as 10.150.0.0/27, this is "10.150.0.0"'],
      [
        ['--cidr', '10.150.0.1/27'],
        '--cidr: 10.150.0.1/27 has bits set after its prefix\nhint: write 10.150.0.0/27',
      ],
      [['--cidr', '10.150.0.0/30'], '--cidr: must be a range from /8 to /29, this is "10.150.0.0/30"'],
      [
        ['--cidr', '10.150.0.0/28'],
        '--cidr 10.150.0.0/28 has room for 12 hosts, but 13 are needed: --num-autoscale 10 and 3 more during a rollout of a new template\nhint: use a /27, or --num-autoscale 9',
      ],
      [
        ['--cidr', '10.150.0.0/29'],
        '--cidr 10.150.0.0/29 has room for 4 hosts, but 13 are needed: --num-autoscale 10 and 3 more during a rollout of a new template\nhint: use a /27',
      ],
      [
        ['--num-autoscale', '1'],
        '--num-autoscale: must be a number from 2 (the minimum size of the group) to 1000, this is "1"',
      ],
      [['--health-port', '0'], '--health-port: must be a port from 1 to 65535, this is "0"'],
      [['--ports', '80,x'], '--ports: must be ports such as 80, 9827/udp or 8000-8100, this is "x"'],
      [['--ports', '90-80'], '--ports: must be a range from a lower to a higher port, this is "90-80"'],
      [['--ports', '80/sctp'], '--ports: must be ports such as 80, 9827/udp or 8000-8100, this is "80/sctp"'],
      [
        ['--ingress-cidr', '10.0.0.0/8,::/0'],
        '--ingress-cidr: must be an IPv4 range such as 10.150.0.0/27, this is "::/0"',
      ],
      [['--machine-type', 'E2'], '--machine-type: must be a machine type such as e2-small, this is "E2"'],
      [
        ['--service-account', 'me'],
        '--service-account: must be the email address of a service account, this is "me"',
      ],
      [
        ['--lbex-package', 'a b'],
        '--lbex-package: must be one version such as lbex@2.0.0, or https://HOST/PATH.tgz#sha256=CHECKSUM, this is "a b"',
      ],
      [
        ['--wait-timeout', 'soon'],
        '--wait-timeout: must be a duration such as 500ms, 30s, 5m or 12h, this is "soon"',
      ],
      [
        ['--service-account', 'a@b.iam.gserviceaccount.com', '--create-service-account'],
        '--service-account and --create-service-account cannot be used together',
      ],
      [
        ['--no-create-service-account'],
        'the hosts have no service account\nhint: use --service-account, or --create-service-account',
      ],
      [['--wait-timeout', '0'], '--wait-timeout: must be longer than 0\nhint: --no-wait does not wait'],
    ]

    for (const [flags, message] of cases) {
      it(flags.join(' '), () =>
        assert.rejects(optionsOf(...REQUIRED, ...flags), (error: unknown) => {
          assert.ok(error instanceof UsageError)
          const text = error.message + (error.hint === undefined ? '' : `\nhint: ${error.hint}`)
          assert.equal(text.slice(0, message.length), message)
          return true
        }),
      )
    }
  })
})
