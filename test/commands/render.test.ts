import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {open, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {testNginx} from '../support/nginx-binary.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {lbex, root, startLbex} from './lbex.js'
import {BARE, BROKEN, complete} from './manifests.js'

const FILES = ['nginx.conf', 'version.conf', 'services.conf']

describe('lbex render', () => {
  let folder: TemporaryFolder
  const render = (...flags: string[]) => lbex(['render', ...flags], {cwd: folder.path})
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text)

  beforeEach(async () => {
    folder = await temporaryFolder()
    await write('ntp.yaml', BARE)
  })
  afterEach(() => folder.remove())

  it('prints all files', async () => {
    const {stdout, stderr, exitCode} = await render('-f', 'ntp.yaml')
    assert.deepEqual([stderr, exitCode], ['', 0])
    const heads = [...stdout.matchAll(/^### (.+)$/gm)].map(([, path = '']) =>
      path.replace(/[\da-f]{12}/, 'HASH'),
    )
    assert.deepEqual(heads, [...FILES, 'services/default_ntp-HASH.conf'])
    assert.match(stdout, /^ +listen 0\.0\.0\.0:8123 udp reuseport;$/m)
  })

  it('rejects --service-name if no Service has the name', async () => {
    assert.deepEqual(await render('-f', 'ntp.yaml', '--service-name', 'nttp'), {
      stdout: '',
      stderr: 'error: there is no Service called nttp; did you mean ntp?\n',
      exitCode: 2,
    })
  })

  it('warns if no Service is in a namespace', async () => {
    const {stderr, exitCode} = await render('-f', 'ntp.yaml', '--namespace', 'nope')
    assert.deepEqual(
      [stderr, exitCode],
      ['warning: there is no Service in namespace nope; found: default\n', 0],
    )
  })

  it('gives the same bytes on every run', async () => {
    assert.deepEqual(await render('-f', 'ntp.yaml'), await render('-f', 'ntp.yaml'))
  })

  it('reads standard input', async () => {
    const fromFile = await render('-f', 'ntp.yaml')
    assert.deepEqual(await lbex(['render', '-f', '-'], {stdin: BARE}), fromFile)
  })

  it('reads flags from the environment, and warns about a misspelled variable', async () => {
    const env = {LBEX_FILENAME: join(folder.path, 'ntp.yaml'), LBEX_REQIRE_PORT: 'true'}
    const {stdout, stderr, exitCode} = await lbex(['render'], {env})
    assert.match(stdout, /8123 udp/)
    assert.equal(
      stderr,
      'warning: the variable LBEX_REQIRE_PORT does not set a flag; did you mean LBEX_REQUIRE_PORT?\n',
    )
    assert.equal(exitCode, 0)
  })

  it('prints diagnostics with locations, and renders the valid objects', async () => {
    await write('broken.yaml', BROKEN.replace('name: ntp', 'name: broken'))
    const {stdout, stderr, exitCode} = await render('-f', '.')
    assert.equal(
      stderr,
      `broken.yaml:7:33: error port-invalid "eighty" is not a valid port number; this port is not exposed
    Service default/broken: metadata.annotations["loadbalancer-port.lbex/ntp"]
    hint: use an integer from 1 to 65535 in quotes, without sign or spaces: "8080"
1 error
`,
    )
    assert.match(stdout, /8123 udp/)
    assert.equal(exitCode, 1)
  })

  it('prints JSON', async () => {
    await write('broken.yaml', BROKEN.replace('name: ntp', 'name: broken'))
    const {stdout, stderr, exitCode} = await render('-f', '.', '--json')
    assert.deepEqual([stderr, exitCode], ['', 1])
    const {generation, files, diagnostics} = JSON.parse(stdout)
    assert.match(generation, /^[\da-f]{12}$/)
    assert.deepEqual(files[3].owner, {kind: 'Service', namespace: 'default', name: 'ntp'})
    assert.deepEqual(files[3].listeners, [{address: '0.0.0.0', port: 8123, protocol: 'UDP'}])
    assert.deepEqual(Object.keys(files[3]), ['path', 'text', 'owner', 'listeners'])
    assert.deepEqual(diagnostics, [
      {
        code: 'port-invalid',
        severity: 'error',
        message: '"eighty" is not a valid port number; this port is not exposed',
        object: {kind: 'Service', namespace: 'default', name: 'broken'},
        field: 'metadata.annotations["loadbalancer-port.lbex/ntp"]',
        location: {file: 'broken.yaml', line: 7, column: 33, endLine: 7, endColumn: 41},
        hint: 'use an integer from 1 to 65535 in quotes, without sign or spaces: "8080"',
        related: [],
      },
    ])
  })

  it('prints the model', async () => {
    const {stdout, exitCode} = await render('-f', 'ntp.yaml', '--model')
    const {services} = JSON.parse(stdout)
    assert.deepEqual(services[0].listeners[0].key, {address: '0.0.0.0', port: 8123, protocol: 'UDP'})
    assert.equal(exitCode, 0)
  })

  it('writes files and compares with them', async () => {
    const written = await render('-f', 'ntp.yaml', '--output-dir', 'out')
    assert.deepEqual(written, {stdout: '', stderr: 'wrote 4 files to out\n', exitCode: 0})
    const same = await render('-f', 'ntp.yaml', '--diff', 'out')
    assert.deepEqual(same, {stdout: '', stderr: 'no differences\n', exitCode: 0})

    await write('ntp.yaml', BARE.replace('8123', '8124'))
    const {stdout, stderr, exitCode} = await render('-f', 'ntp.yaml', '--diff', 'out')
    assert.match(stdout, /^--- services\/default_ntp-.*\n\+\+\+ services\/default_ntp-/)
    assert.match(
      stdout,
      /^- +listen 0\.0\.0\.0:8123 udp reuseport;\n\+ +listen 0\.0\.0\.0:8124 udp reuseport;$/m,
    )
    assert.deepEqual([stderr, exitCode], ['', 0])

    await render('-f', 'ntp.yaml', '--output-dir', 'out')
    const services = await readdir(join(folder.path, 'out/services'))
    assert.equal(services.length, 1)
    assert.match(await readFile(join(folder.path, 'out/services', services[0] ?? ''), 'utf8'), /8124/)
  })

  it('colours differences if FORCE_COLOR is set', async () => {
    await render('-f', 'ntp.yaml', '--output-dir', 'out')
    await write('ntp.yaml', BARE.replace('8123', '8124'))
    const parameters = ['render', '-f', 'ntp.yaml', '--diff', 'out']
    const coloured = await lbex(parameters, {cwd: folder.path, env: {FORCE_COLOR: '1'}})
    assert.ok(coloured.stdout.includes('\u001B[32m+'))
    const plain = await lbex(parameters, {cwd: folder.path, env: {NO_COLOR: '1'}})
    assert.ok(!plain.stdout.includes('\u001B'))
  })

  it('never overwrites files that it did not write', async () => {
    const {stderr, exitCode} = await render('-f', 'ntp.yaml', '--output-dir', '.')
    assert.equal(
      stderr,
      'error: . is not empty and was not written by lbex render\nhint: name an empty or a new folder\n',
    )
    assert.equal(exitCode, 3)
  })

  it('tests the configuration with the real NGINX', async () => {
    const {binary} = await testNginx()
    const {stdout, stderr, exitCode} = await render('-f', 'ntp.yaml', '--validate', '--nginx-bin', binary)
    assert.match(stderr, /^NGINX \d+\.\d+\.\d+ accepts the configuration\n$/)
    assert.match(stdout, /8123 udp/)
    assert.equal(exitCode, 0)
  })

  it('renders for another version of NGINX', async () => {
    await write('web.yaml', complete('web', 8080, 80).replace('upstream-type: pod', 'algorithm: least_time'))
    const old = await render('-f', 'web.yaml')
    assert.match(old.stderr, /warning least-time-unavailable/)
    const recent = await render('-f', 'web.yaml', '--target-nginx', '1.31.0')
    assert.doesNotMatch(recent.stderr, /least-time-unavailable/)
  })

  for (const [flags, stderr, exitCode] of [
    [['-f', 'none.yaml'], /^error: there is no file or folder "none.yaml"\nhint: check the path.*\n$/, 3],
    [
      ['-f', 'ntp.yaml', '--nginx-bin', '/none'],
      /^error: NGINX was not found: \/none is not an executable file\nhint: .*\n$/,
      3,
    ],
    [['-f', 'ntp.yaml', '--diff', 'none'], /^error: cannot read none: .*\nhint: .*\n$/, 3],
    [
      ['-f', 'ntp.yaml', '--json', '--model'],
      /^error: --json and --model cannot be used together\nhint: .*\n$/,
      2,
    ],
    [
      ['-f', 'ntp.yaml', '--target-nginx=new'],
      /^error: --target-nginx: must be a version such as 1.22.1, .*\n$/,
      2,
    ],
    [
      ['-f', 'ntp.yaml', '--namespace=a', '--exclude-namespace=a'],
      /^error: --namespace and --exclude-namespace both select a\nhint: .*\n$/,
      2,
    ],
  ] as const) {
    it(`ends with exit code ${exitCode} for ${flags.join(' ')}`, async () => {
      const ended = await render(...flags)
      assert.match(ended.stderr, stderr)
      assert.deepEqual([ended.stdout, ended.exitCode], ['', exitCode])
    })
  }

  it('fails if nothing is live yet', async () => {
    const {binary} = await testNginx()
    const flags = [
      '-f',
      'ntp.yaml',
      '--diff',
      'live',
      '--nginx-bin',
      binary,
      '--nginx-dir',
      join(folder.path, 'n'),
    ]
    const {stderr, exitCode} = await render(...flags)
    assert.match(stderr, /^error: no configuration is served from .*\/n\nhint: .*\n$/)
    assert.equal(exitCode, 3)
  })

  it('prints a large configuration completely', async () => {
    const many = Array.from({length: 300}, (_, index) => complete(`web-${index}`, 20_000 + index, 80))
    const {stdout, exitCode} = await lbex(['render', '-f', '-', '--json'], {stdin: many.join('')})
    assert.equal(JSON.parse(stdout).files.length, 303)
    assert.equal(exitCode, 0)
  })

  it('reports a full disk behind stdout in one line', async () => {
    const full = await open('/dev/full', 'w')
    try {
      const parameters = [
        join(root, 'bin/run.js'),
        'render',
        '--allow-local-endpoints',
        '-f',
        join(root, 'examples'),
      ]
      const {status, stderr} = spawnSync(process.execPath, parameters, {
        stdio: ['ignore', full.fd, 'pipe'],
        encoding: 'utf8',
      })
      assert.equal(status, 3)
      assert.match(stderr, /^error: the output cannot be written: ENOSPC[^\n]*\nhint: [^\n]+\n$/)
    } finally {
      await full.close()
    }
  })

  it('exits without an error when the reader stops reading', async () => {
    const many = Array.from({length: 300}, (_, index) => complete(`web-${index}`, 20_000 + index, 80))
    await write('many.yaml', many.join(''))
    const {child, ended} = startLbex(['render', '-f', 'many.yaml'], {cwd: folder.path})
    child.stdin?.end()
    if (child.stdout) await once(child.stdout, 'readable')
    child.stdout?.destroy()
    const {stderr, exitCode} = await ended
    assert.deepEqual([stderr, exitCode], ['', 0])
  })
})
