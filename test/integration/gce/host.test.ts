/** What a host does at its first start: judged by the programs that will read it, and run as far as that goes without a host. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parse} from 'yaml'
import {readStartUp} from '../../../src/cli/run/package.js'
import {userData, type HostOptions} from '../../../src/gce/user-data.js'
import {gceWorld} from '../../support/gce-fake/world.js'
import {skipBecause, whyNoProgram} from '../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'

type CloudConfig = {
  readonly write_files: readonly {
    readonly path: string
    readonly content: string
    readonly permissions?: string
  }[]
}

const HOST: HostOptions = {
  project: 'my-project',
  cluster: {name: 'shop', location: 'us-central1-a'},
  healthPort: 7331,
  ipForward: false,
  lbexPackage: {source: 'lbex@2.0.0'},
}

const KEY = '6F71F525282841EEDAF851B42F59B5F99B1BE0B4'
const OTHER_KEY = KEY.replace('6', '7')
const SUBKEY = KEY.replace('6', '8')

describe('gce/cloud-init.yaml', () => {
  let folder: TemporaryFolder
  let text: string

  before(async () => {
    folder = await temporaryFolder()
    text = userData(await readStartUp(), HOST)
  })
  after(() => folder.remove())

  function fileOf(path: string, config = text): string {
    return (parse(config) as CloudConfig).write_files.find((file) => file.path === path)?.content ?? ''
  }

  it('is accepted by cloud-init', async function () {
    this.timeout(INTEGRATION_TIMEOUT)
    skipBecause(this, whyNoProgram('cloud-init'))
    const file = join(folder.path, 'user-data')
    await writeFile(file, text)
    const {status, stdout, stderr} = spawnSync('cloud-init', ['schema', '--config-file', file], {
      encoding: 'utf8',
    })
    assert.deepEqual([status, /valid/i.test(stdout + stderr)], [0, true], stdout + stderr)
  })

  it('contains units that systemd accepts', async function () {
    this.timeout(INTEGRATION_TIMEOUT)
    skipBecause(this, whyNoProgram('systemd-analyze', 'systemd'))
    for (const [unit, program] of [
      ['lbex.service', '/usr/bin/lbex'],
      ['lbex-install.service', '/usr/local/sbin/lbex-install'],
    ] as const) {
      const file = join(folder.path, unit)
      // Only the programs are missing here.
      await writeFile(file, fileOf(`/etc/systemd/system/${unit}`).replaceAll(program, '/bin/true'))
      const {status, stdout, stderr} = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
        encoding: 'utf8',
      })
      assert.deepEqual([status, stdout + stderr], [0, ''])
    }
  })

  it('lets NGINX outlive lbex, with no more capabilities than it needs', () => {
    const unit = fileOf('/etc/systemd/system/lbex.service')
    for (const line of [
      'ExecStart=/usr/bin/lbex run --gke-cluster projects/my-project/locations/us-central1-a/clusters/shop --health-port 7331 --nginx-dir /var/lib/lbex/nginx --on-stop leave --log-format json',
      'Restart=always',
      'KillMode=process',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
    ]) {
      assert.ok(unit.split('\n').includes(line), line)
    }
    assert.doesNotMatch(text, /kubectl|gcloud|apt-key/)
  })

  it('lets NGINX connect from client addresses only with --can-ip-forward', async () => {
    const forwarding = userData(await readStartUp(), {...HOST, ipForward: true})
    assert.match(forwarding, /AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_RAW\n/)
    assert.doesNotMatch(text, /CAP_NET_RAW/)
  })

  /** Runs the script with programs that only write down what they are told. `archive`: what curl gets. `njs`: the package of njs. */
  async function install(
    name: string,
    {keys = [KEY] as readonly string[], options = HOST, archive = 'archive', njs = ''},
  ): Promise<{status: number | null; root: string; told: string[]}> {
    const root = join(folder.path, name)
    const bin = join(root, 'bin')
    const log = join(root, 'told')
    await mkdir(bin, {recursive: true})
    const script = join(root, 'install')
    await mkdir(join(root, 'var/tmp'), {recursive: true})
    await writeFile(script, fileOf('/usr/local/sbin/lbex-install', userData(await readStartUp(), options)))
    const programs = {
      'apt-get': '',
      'apt-cache': `printf %s '${njs}'`,
      npm: '',
      systemctl: '',
      useradd: '',
      id: 'exit 1',
      curl: `for last; do :; done; while [ "$1" != --output ]; do shift; done; printf %s ${archive} > "$2"`,
      // A key has a key below it, with a fingerprint of its own.
      gpg: keys
        .map((key) => `printf 'pub:-:\\nfpr:::::::::${key}:\\nsub:-:\\nfpr:::::::::${SUBKEY}:\\n'`)
        .join('\n'),
    }
    for (const [program, does] of Object.entries(programs)) {
      await writeFile(join(bin, program), `#!/bin/sh\necho "${program} $*" >> ${log}\n${does}\n`)
      await chmod(join(bin, program), 0o755)
    }
    const {status} = spawnSync('sh', [script], {
      env: {PATH: `${bin}:/usr/bin:/bin`, LBEX_INSTALL_ROOT: root},
      encoding: 'utf8',
    })
    return {status, root, told: (await readFile(log, 'utf8')).trimEnd().split('\n')}
  }

  it('installs pinned versions from a repository with a known key', async () => {
    const {status, root, told} = await install('good', {})
    assert.equal(status, 0)
    assert.equal(
      await readFile(join(root, 'etc/apt/sources.list.d/nodesource.list'), 'utf8'),
      `deb [signed-by=${root}/usr/share/keyrings/nodesource.asc] https://deb.nodesource.com/node_22.x nodistro main\n`,
    )
    assert.deepEqual(
      told.filter((line) => !/^(curl|gpg|id) /.test(line)),
      [
        'systemctl mask nginx.service',
        'apt-get --option Acquire::Retries=5 update',
        'apt-cache pkgnames libnginx-mod-stream-js',
        'apt-get --option Acquire::Retries=5 install --yes --no-install-recommends nginx libnginx-mod-stream nodejs=22.22.2-1nodesource1',
        'npm install --global --no-audit --no-fund lbex@2.0.0',
        'useradd --system --home-dir /var/lib/lbex --shell /usr/sbin/nologin lbex',
        'systemctl enable lbex.service',
        'systemctl start --no-block lbex.service',
      ],
    )
  })

  it('installs njs if the release has it', async () => {
    const {told} = await install('njs', {njs: 'libnginx-mod-stream-js'})
    const [, words] = told.filter((line) => line.startsWith('apt-get '))
    assert.match(words ?? '', / nginx libnginx-mod-stream libnginx-mod-stream-js nodejs=/)
  })

  it('installs an archive only if its checksum matches', async () => {
    const sha256 = createHash('sha256').update('archive').digest('hex')
    const options = {...HOST, lbexPackage: {source: 'https://example.com/lbex.tgz', sha256}}
    const {status, root, told} = await install('archive', {options})
    assert.equal(status, 0)
    assert.ok(told.includes(`npm install --global --no-audit --no-fund ${root}/var/tmp/lbex.tgz`))
    const other = await install('other-archive', {options, archive: 'other'})
    assert.equal(other.status, 1)
    assert.deepEqual(
      other.told.filter((line) => line.startsWith('npm ')),
      [],
    )
  })

  it('installs this version of lbex, on a Node that it runs on', async () => {
    const {version, engines} = JSON.parse(
      await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as {version: string; engines: {node: string}}
    const world = await gceWorld()
    const {output} = await world
      .up('--dry-run', `--lbex-package=lbex@${version}`)
      .finally(() => world.close())
    assert.ok(output.includes(`package=lbex@${version}\n`))
    const [, pinned = ''] = / nodejs=([\d.]+)-1nodesource1$/m.exec(output) ?? []
    assert.match(engines.node, /^>=\d+\.\d+$/)
    assert.ok(pinned.localeCompare(engines.node.slice(2), 'en', {numeric: true}) > 0, pinned)
  })

  for (const [what, keys] of [
    ['the key is another one', [OTHER_KEY]],
    ['another key comes with it', [KEY, OTHER_KEY]],
    ['there is no key', []],
  ] as const) {
    it(`installs nothing when ${what}`, async () => {
      const {status, told} = await install(`keys-${keys.join('-')}`, {keys})
      assert.equal(status, 1)
      assert.deepEqual(
        told.filter((line) => /^(apt-get|npm) /.test(line)),
        [],
      )
    })
  }
})
