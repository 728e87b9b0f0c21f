/**
 * The ways to run `lbex check` from a commit of this repository: a pre-commit hook, and the steps of the GitHub Action. Both install
 * all npm packages, which takes minutes, so these tests run only on request.
 */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parse} from 'yaml'
import {root} from '../commands/lbex.js'
import {BARE, BROKEN} from '../commands/manifests.js'
import {skipBecause, whyNoProgram} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'

type Action = {
  readonly runs: {readonly steps: readonly {run?: string; 'working-directory'?: string}[]}
}

const ON_REQUEST =
  process.env['LBEX_FROM_CHECKOUT'] === undefined ? 'takes minutes: set LBEX_FROM_CHECKOUT=1' : undefined

describe('lbex check from a commit', function () {
  this.timeout(10 * INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let project: string

  before(function () {
    skipBecause(this, ON_REQUEST)
  })
  beforeEach(async () => {
    folder = await temporaryFolder()
    project = join(folder.path, 'project')
    await mkdir(project)
    succeed('git', ['init', '--quiet'])
    await writeFile(join(project, 'ntp.yaml'), BROKEN)
    succeed('git', ['add', '.'])
  })
  afterEach(() => folder.remove())

  const start = (program: string, parameters: readonly string[], env: Record<string, string> = {}) =>
    spawnSync(program, parameters, {
      cwd: project,
      encoding: 'utf8',
      env: {...process.env, HOME: folder.path, PRE_COMMIT_HOME: join(folder.path, 'cache'), ...env},
    })
  function succeed(program: string, parameters: readonly string[]): void {
    const {status, stdout, stderr} = start(program, parameters)
    assert.equal(status, 0, `${program} ${parameters.join(' ')}:\n${stdout}${stderr}`)
  }

  it('works as a hook of pre-commit', async function () {
    skipBecause(this, whyNoProgram('pre-commit'))
    const hook = ['try-repo', root, 'lbex-check', '--all-files']
    const found = start('pre-commit', hook)
    assert.match(found.stdout, /^ntp\.yaml:7:\d+: error port-invalid /m)
    assert.equal(found.status, 1)
    await writeFile(join(project, 'ntp.yaml'), BARE)
    succeed('git', ['add', '.'])
    succeed('pre-commit', hook)
  })

  it('works as the steps of the GitHub Action', () => {
    const action = join(folder.path, 'action')
    succeed('git', ['clone', '--quiet', root, action])
    const {steps} = (parse(readFileSync(join(action, 'action.yml'), 'utf8')) as Action).runs
    const env = {
      CHECK_PROGRAM: join(action, 'bin/run.js'),
      ...{PATHS: '.', ARGS: '', SARIF: 'lbex.sarif'},
      ...{RUNNER_TEMP: folder.path, GITHUB_STEP_SUMMARY: join(folder.path, 'summary.md')},
    }
    const results = steps.flatMap(({run, 'working-directory': inAction}) =>
      run === undefined ? [] : [start('bash', ['-e', '-c', inAction ? `cd "${action}"\n${run}` : run], env)],
    )
    assert.deepEqual(
      results.map(({status}) => status),
      [0, 1],
      results.map(({stdout, stderr}) => stdout + stderr).join('\n'),
    )
    assert.match(results[1]?.stdout ?? '', /^::error file=ntp\.yaml,line=7,.*title=port-invalid::/m)
  })
})
