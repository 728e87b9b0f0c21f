import assert from 'node:assert/strict'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {lbex, startLbex} from './lbex.js'
import {BARE, BROKEN} from './manifests.js'

describe('lbex check', () => {
  let folder: TemporaryFolder
  const check = (...words: string[]) => lbex(['check', ...words], {cwd: folder.path})
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text)

  beforeEach(async () => {
    folder = await temporaryFolder()
    await write('ntp.yaml', BARE)
  })
  afterEach(() => folder.remove())

  it('takes files, folders, globs and standard input', async () => {
    const clean = {stdout: 'no findings in 1 Service of 1 file\n', stderr: '', exitCode: 0}
    for (const path of ['ntp.yaml', '.', '*.yaml']) assert.deepEqual(await check(path), clean)
    assert.deepEqual(await lbex(['check', '-'], {stdin: BARE, cwd: folder.path}), clean)
    assert.deepEqual(await check('ntp.yaml', '.', '--', 'ntp.yaml'), clean)
  })

  it('shows findings with their source line', async () => {
    await write('ntp.yaml', BROKEN)
    assert.deepEqual(await check('ntp.yaml'), {
      stdout: `ntp.yaml:7:33: error port-invalid "eighty" is not a valid port number; this port is not exposed
    Service default/ntp: metadata.annotations["loadbalancer-port.lbex/ntp"]
     7 |     loadbalancer-port.lbex/ntp: "eighty"
       |                                 ^^^^^^^^
    hint: use an integer from 1 to 65535 in quotes, without sign or spaces: "8080"
1 error in 1 Service of 1 file
`,
      stderr: '',
      exitCode: 1,
    })
  })

  it('names standard input as --stdin-filename says', async () => {
    const {stdout} = await lbex(['check', '-', '--stdin-filename', 'chart.yaml'], {
      stdin: BROKEN,
      cwd: folder.path,
    })
    assert.match(stdout, /^chart\.yaml:7:33: error /)
  })

  it('uses colour if FORCE_COLOR is set, but never in files', async () => {
    await write('ntp.yaml', BROKEN)
    const words = ['check', 'ntp.yaml', '--format=text', '--format=text=out.txt']
    const coloured = await lbex(words, {cwd: folder.path, env: {FORCE_COLOR: '1'}})
    assert.ok(coloured.stdout.includes('\u001B[31m'))
    assert.ok(!(await readFile(join(folder.path, 'out.txt'), 'utf8')).includes('\u001B'))
    const plain = await lbex(words, {cwd: folder.path, env: {FORCE_COLOR: '1', NO_COLOR: '1'}})
    assert.ok(!plain.stdout.includes('\u001B'))
  })

  it('reads flags from the environment', async () => {
    await write('ntp.yaml', BROKEN)
    const env = {LBEX_FORMAT: 'json', LBEX_DISABLE: 'port-invalid,port-missing'}
    const {stdout, exitCode} = await lbex(['check', 'ntp.yaml'], {cwd: folder.path, env})
    assert.deepEqual(JSON.parse(stdout).diagnostics, [])
    assert.equal(exitCode, 0)
  })

  for (const [words, stderr, exitCode] of [
    [[], /^error: nothing to check\nhint: give manifests: .*\n$/, 2],
    [['none.yaml'], /^error: there is no file or folder "none.yaml"\nhint: .*\n$/, 2],
    [
      ['ntp.yaml', '--disable=port-invald'],
      /^error: --disable: unknown code "port-invald"\nhint: did you mean port-invalid\?\n$/,
      2,
    ],
    [['ntp.yaml', '--severity=port-invalid'], /^error: --severity: must be CODE=error, .*\n$/, 2],
    [['ntp.yaml', '--format=sarf'], /^error: --format: must be one of .*\nhint: did you mean sarif\?\n$/, 2],
    [['ntp.yaml', '--format=sarif='], /^error: --format: must be a path, this is ""\n$/, 2],
    [
      ['ntp.yaml', '--disable=x'],
      /^error: --disable: unknown code "x"\nhint: lbex check --list-rules .*\n$/,
      2,
    ],
    [
      ['ntp.yaml', '--fail-on=fatal'],
      /^error: --fail-on: must be one of error, warning, info, this is "fatal"\n$/,
      2,
    ],
    [['ntp.yaml', '--max-warnings=few'], /^error: --max-warnings: must be a number .*\n$/, 2],
    [['ntp.yaml', '--fix', '--fix-dry-run'], /^error: --fix and --fix-dry-run cannot be used together\n/, 2],
    [['/proc/self/mem'], /^error: cannot read \/proc\/self\/mem: .*\n/, 3],
  ] as const) {
    it(`ends with exit code ${exitCode} for ${words.join(' ') || 'no words'}`, async () => {
      const ended = await check(...words)
      assert.match(ended.stderr, stderr)
      assert.deepEqual([ended.stdout, ended.exitCode], ['', exitCode])
    })
  }

  it('exits without an error when the reader closes the pipe', async () => {
    await write(
      'many.yaml',
      Array.from({length: 3000}, (_, index) => BROKEN.replace('name: ntp', `name: n${index}`)).join('---\n'),
    )
    const {child, ended} = startLbex(['check', 'many.yaml'], {cwd: folder.path})
    await once(child.stdout!, 'data')
    child.stdout!.destroy()
    const {stderr} = await ended
    assert.equal(stderr, '')
  })

  it('explains a code', async () => {
    const {stdout, exitCode} = await check('--explain', 'port-unknown')
    assert.match(stdout, /^port-unknown: error, since 2\.0\.0\n[^]*\nBad:\n[^]*\nGood:\n/)
    assert.equal(exitCode, 0)
  })
})
