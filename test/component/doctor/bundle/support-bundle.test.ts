import assert from 'node:assert/strict'
import {chmod, mkdir, readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {PassThrough, Readable} from 'node:stream'
import {buffer, text} from 'node:stream/consumers'
import {gunzipSync} from 'node:zlib'
import {extract} from 'tar-stream'
import {parseFlags} from '../../../../src/cli/parse-flags.js'
import SupportBundleCommand from '../../../../src/commands/support-bundle.js'
import {assembleGeneration} from '../../../../src/dataplane/nginx/config/generation.js'
import {layoutOf, makeFolders} from '../../../../src/dataplane/nginx/store/layout.js'
import {Tree} from '../../../../src/dataplane/nginx/store/tree.js'
import {
  supportBundle,
  type BundleEdges,
  type SupportBundleFlags,
} from '../../../../src/doctor/bundle/support-bundle.js'
import type {StateAnswers} from '../../../../src/observe/state/state-api.js'
import {openStateSocket, type StateSocket} from '../../../../src/observe/state/state-socket.js'
import {mainFile, serviceFile} from '../../../support/nginx-files.js'
import {freePort} from '../../../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {A_DEBUG_STATE, aServiceState, aState} from '../../../support/ui-states.js'
import {nginxFlags} from '../../../commands/nginx.js'

/** Values that no bundle may have, wherever they come from. */
const SECRETS = {
  client: '203.0.113.77',
  serverName: 'private-name.example',
  certificateKey: 'MIIEvQIBADANBgkqhkiG9w0BAQ',
  liveKey: 'live-key-19f2c3',
  logKey: 'log-key-8a7b6c',
  plugin: 'plugin-token-5f0c77',
  kubeconfig: 'kubeconfig-token-4d1e',
  answer: 'answer-of-a-backend-5511',
  label: 'value-of-a-label-9a31',
}

const [LISTENER] = aServiceState('web').listeners
const FAILING = {address: '10.0.0.9:80', healthy: false, problem: `it answers "${SECRETS.answer}"`}
const STATE = {
  ...aState([
    aServiceState('web', {
      labels: {any: SECRETS.label},
      listeners: [{...LISTENER!, servers: [FAILING]}],
    }),
  ]),
  lbex: {...A_DEBUG_STATE.lbex, problems: [`no credentials: ${SECRETS.plugin}`]},
  source: {stale: true, kinds: [{kind: 'Service', problem: `no credentials: ${SECRETS.plugin}`}]},
}
const VIEW: StateAnswers = {
  state: () => STATE,
  explain: () => ({problem: 'not here'}),
  debug: () => A_DEBUG_STATE,
  metrics: async () => ({type: 'text/plain', text: 'lbex_nginx_serving 1\n'}),
}

const LINE = '2026/01/02 03:04:05 [error] 12#12: *7'
const WHERE = `client: ${SECRETS.client}, server: 0.0.0.0:8080`
const LOG = [
  `${LINE} connect() failed (111: Connection refused), ${WHERE}, upstream: "10.0.0.9:80"`,
  `${LINE} broken header: "PROXY TCP4 ${SECRETS.client} ${SECRETS.serverName}" while reading, ${WHERE}`,
  `a line of ${SECRETS.client} in another form`,
  '',
].join('\n')

describe('lbex support-bundle', () => {
  let folder: TemporaryFolder
  let socket: StateSocket | undefined
  let file: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    file = join(folder.path, 'bundle.tar.gz')
  })
  afterEach(async () => {
    await socket?.close()
    socket = undefined
    await folder.remove()
  })

  const flagsFor = async (...argv: string[]) => {
    const health = ['--health-address', '127.0.0.1', '--health-port', `${await freePort()}`]
    const all = [...(await nginxFlags(folder.path)), ...health, '--kubeconfig', await kubeconfig(), ...argv]
    return (await parseFlags(SupportBundleCommand.flags, all, {})) as SupportBundleFlags
  }
  /** Its plugin prints a token, and fails. */
  const kubeconfig = async () => {
    const plugin = join(folder.path, 'plugin')
    await writeFile(plugin, `#!/bin/sh\necho 'cannot use ${SECRETS.plugin}' >&2\nexit 1\n`)
    await chmod(plugin, 0o700)
    const path = join(folder.path, 'kubeconfig')
    const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never'}
    const config = {
      ...{apiVersion: 'v1', kind: 'Config', 'current-context': 'c'},
      clusters: [{name: 'c', cluster: {server: 'https://127.0.0.1:1'}}],
      contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
      users: [
        {name: 'u', user: {exec}},
        {name: 'other', user: {token: SECRETS.kubeconfig}},
      ],
    }
    await writeFile(path, JSON.stringify(config))
    return path
  }
  const terminal = (...answers: string[]): BundleEdges & {readonly stderr: PassThrough} => ({
    stdin: Object.assign(Readable.from(answers), {isTTY: true}),
    stderr: new PassThrough(),
  })
  const NO_TERMINAL: BundleEdges = {stdin: Readable.from([]), stderr: new PassThrough()}

  /** What an lbex that runs has in its folder. */
  const plant = async () => {
    const directory = (await flagsFor())['nginx-dir'] ?? ''
    const layout = layoutOf(directory)
    await makeFolders(layout)
    const tree = await Tree.open(layout)
    const generation = assembleGeneration([mainFile({directory}), serviceFile('web', {port: 8080})])
    await tree.stage(generation)
    await tree.seal(generation)
    await tree.switchTo(generation.id)
    for (const [path, content] of [
      ['tls/web.pem', SECRETS.certificateKey],
      ['live/key.conf', SECRETS.liveKey],
      ['observe/key.conf', SECRETS.logKey],
      ['logs/error.log', LOG],
    ] as const) {
      await mkdir(join(directory, path, '..'), {recursive: true})
      await writeFile(join(directory, path), content)
    }
    socket = await openStateSocket(directory, VIEW)
  }
  const unpack = async () => {
    const files = new Map<string, string>()
    const archive = Readable.from([gunzipSync(await readFile(file))]).pipe(extract())
    for await (const entry of archive) files.set(entry.header.name, String(await buffer(entry)))
    return files
  }

  it('has what is needed, and no secret and no address of a client in any byte', async () => {
    await plant()
    const {output, exitCode} = await supportBundle(await flagsFor('--yes', '--file', file), [], NO_TERMINAL)
    assert.equal(exitCode, 0)
    const files = await unpack()
    const names = [...files.keys()]
    const [service = ''] = names.filter((name) => name.startsWith('nginx/services/'))
    assert.deepEqual(names, [
      ...['versions.txt', 'state.json', 'debug-state.json', 'metrics.txt'],
      ...['nginx/nginx.conf', 'nginx/version.conf', 'nginx/services.conf', service],
      ...['nginx-error.log', 'doctor.txt'],
    ])
    for (const name of names) assert.match(output, new RegExp(`^ *\\d+  ${name}$`, 'm'))
    const bytes = gunzipSync(await readFile(file))
    for (const [what, value] of Object.entries(SECRETS)) assert.ok(!bytes.includes(value), what)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const contentOf = (name: string): string => files.get(name) ?? ''
    assert.match(contentOf('versions.txt'), /^lbex \S+\nNode\.js v\S+ linux-\S+\nkernel .*nginx version: /s)
    assert.deepEqual(JSON.parse(contentOf('debug-state.json')), A_DEBUG_STATE)
    assert.match(contentOf('state.json'), /"name": "web"/)
    assert.equal(contentOf('metrics.txt'), 'lbex_nginx_serving 1\n')
    assert.match(contentOf(service), /listen 127\.0\.0\.1:8080/)
    assert.match(contentOf('nginx-error.log'), /^# lines in another form, which are left out: 1\n/)
    assert.match(contentOf('nginx-error.log'), /server: 0\.0\.0\.0:8080, upstream: "10\.0\.0\.9:80"\n/)
    assert.match(contentOf('doctor.txt'), /^problem +api +left out of bundles/m)
  })

  it('says what is missing if no lbex runs', async () => {
    const {output, exitCode} = await supportBundle(await flagsFor('--yes', '--file', file), [], NO_TERMINAL)
    assert.equal(exitCode, 0)
    assert.match(output, /^missing: state\.json: no lbex run serves from /m)
    const files = await unpack()
    assert.equal(
      files.get('missing.txt'),
      [
        ...['state.json', 'debug-state.json', 'metrics.txt'].map((name) => `${name}: lbex-not-running\n`),
        'nginx: no-configuration\n',
        'nginx-error.log: ENOENT\n',
      ].join(''),
    )
    assert.ok(files.has('doctor.txt'))
    await assert.rejects(supportBundle(await flagsFor('--yes', '--file', file), [], NO_TERMINAL), {
      ...{name: 'UsageError', message: `${file} exists already`},
    })
    const nowhere = join(folder.path, 'none/a.tar.gz')
    await assert.rejects(supportBundle(await flagsFor('--yes', '--file', nowhere), [], NO_TERMINAL), {
      ...{name: 'Failure', code: 'bundle-unwritable'},
    })
  })

  it('asks on a terminal, and writes nothing without a yes', async () => {
    const flags = await flagsFor('--file', file)
    const refused = await supportBundle(flags, ['careful'], NO_TERMINAL)
    assert.deepEqual([refused.exitCode, refused.notes.split('\n').length], [2, 3])
    assert.match(refused.output, /^ *\d+ {2}versions\.txt$/m)
    for (const answers of [['y\n'], ['no\n'], []]) {
      const {exitCode, notes} = await supportBundle(flags, [], terminal(...answers))
      assert.deepEqual([exitCode, notes], [1, 'nothing was written\n'])
    }
    await assert.rejects(stat(file), {code: 'ENOENT'})
    const edges = terminal('yes\n')
    const {output, exitCode} = await supportBundle(flags, [], edges)
    assert.match(output, /^wrote .*bundle\.tar\.gz, \d+ bytes\n$/)
    assert.equal(exitCode, 0)
    edges.stderr.end()
    assert.match(await text(edges.stderr), /versions\.txt\n.*Write these to .*\? \[yes\/N\] /s)
  })

  it('refuses a name of another kind of file', async () => {
    await assert.rejects(flagsFor('--file', 'bundle.zip'), {
      ...{name: 'UsageError', hint: 'write --file bundle.zip.tar.gz'},
    })
  })
})
