import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import {Plugin, type Interfaces} from '@oclif/core'
import {captureOutput} from '@oclif/test'
import {main} from '../../../src/cli/main.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The commands of the sources, not of a build. */
async function sources(): Promise<Interfaces.LoadOptions> {
  const pjson = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as Interfaces.PJSON
  pjson.oclif.commands = {strategy: 'explicit', target: './src/commands/index.ts', identifier: 'COMMANDS'}
  const plugin = new Plugin({root, name: pjson.name, pjson, isRoot: true, ignoreManifest: true})
  await plugin.load()
  return {root, plugins: new Map([[pjson.name, plugin]])}
}

describe('main', () => {
  let source: Interfaces.LoadOptions
  before(async () => {
    source = await sources()
  })

  /** Output and exit code of a command line. */
  async function run(line: string): Promise<{stdout: string; stderr: string; exitCode: number | undefined}> {
    const before = process.exitCode
    const {stdout, stderr, result} = await captureOutput<number>(() =>
      main(line.split(' ').filter(Boolean), source),
    )
    process.exitCode = before
    return {stdout, stderr, exitCode: result}
  }

  for (const [line, stderr] of [
    ['rendr', 'error: unknown command "rendr"\nhint: did you mean lbex render?\n'],
    ['something', 'error: unknown command "something"\nhint: lbex --help lists the commands\n'],
    ['-- run', 'error: the command is missing before --\nhint: to serve, write: lbex run -- run\n'],
    [
      '--kubeconfig x',
      'error: the command is missing before --kubeconfig\nhint: to serve, write: lbex run --kubeconfig x\n',
    ],
    ['render --jsn', 'error: unknown flag --jsn\nhint: did you mean --json?\n'],
    ['run a.yaml', 'error: unexpected argument "a.yaml"\nhint: name manifests with -f PATH\n'],
    [
      'run --strict-affinity --anti-affinity',
      'error: --strict-affinity and --anti-affinity cannot be used together\nhint: use only one of them\n',
    ],
  ] as const) {
    it(`rejects lbex ${line}`, async () => {
      assert.deepEqual(await run(line), {stdout: '', stderr, exitCode: 2})
    })
  }

  for (const [levels, shown] of [
    ['--log-level debug', true],
    ['--log-level=info --log-level=debug', true],
    ['--log-level debug --log-level info', false],
    ['', false],
  ] as const) {
    it(`${shown ? 'prints' : 'does not print'} the causes of a failure for ${levels || 'no level'}`, async () => {
      const {stderr, exitCode} = await run(`run --kubeconfig /none ${levels}`)
      assert.match(stderr, /^error: cannot read \/none: /)
      assert.equal(stderr.includes('\ncause: ENOENT'), shown)
      assert.equal(exitCode, 3)
    })
  }

  for (const line of ['--version', 'run --version', '--kubeconfig x --version']) {
    it(`prints the version for lbex ${line}`, async () => {
      const {stdout, stderr, exitCode} = await run(line)
      assert.match(stdout, /^lbex\/\d+\.\d+\.\S+ \S+ node-v\d\S*\n$/)
      assert.deepEqual([stderr, exitCode], ['', 0])
    })
  }

  for (const line of ['', '--help', '-h', 'help']) {
    it(`lists the commands for lbex ${line}`, async () => {
      const {stdout, exitCode} = await run(line)
      assert.match(stdout, /COMMANDS\n {2}check +Check [^]*\n {2}render +Print [^]*\n {2}run +Serve /)
      assert.equal(exitCode, 0)
    })
  }

  for (const line of ['run --help', 'run -h', 'run -f x -h', 'help run']) {
    it(`explains run for lbex ${line}`, async () => {
      const {stdout, exitCode} = await run(line)
      assert.match(stdout, /^Serve the Services [^]*USAGE\n {2}\$ lbex run \[-f PATH[^]*--on-stop/)
      assert.equal(exitCode, 0)
    })
  }

  it('prints the versions as JSON', async () => {
    const {stdout, stderr, exitCode} = await run('version -o json')
    const {lbex, node} = JSON.parse(stdout) as {lbex: string; node: string}
    assert.match(lbex, /^\d+\.\d+\./)
    assert.deepEqual([node, stderr, exitCode], [process.version, '', 0])
  })

  for (const [shell, start] of [
    ['bash', /complete .*lbex/],
    ['zsh', /^#compdef lbex/],
    ['fish', /complete -c lbex/],
  ] as const) {
    it(`prints the completions for ${shell}`, async () => {
      const {stdout, stderr, exitCode} = await run(`completion ${shell}`)
      assert.match(stdout, start)
      assert.deepEqual([stderr, exitCode], ['', 0])
    })
  }

  it('names a shell that it can complete', async () => {
    const {stderr, exitCode} = await run('completion csh')
    assert.equal(stderr, 'error: there is no completion for "csh"\nhint: did you mean zsh?\n')
    assert.equal(exitCode, 2)
  })
})
