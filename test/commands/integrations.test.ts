/** Integrations that run lbex check: pre-commit hooks, the GitHub Action, the GitLab template. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parse} from 'yaml'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {lbex, root} from './lbex.js'
import {BARE, BROKEN} from './manifests.js'

type Hook = {readonly id: string; readonly entry: string; readonly args: readonly string[]}
type Action = {readonly runs: {readonly steps: readonly {readonly name?: string; readonly run?: string}[]}}
type Template = {
  readonly '.lbex-check': {
    readonly script: readonly string[]
    readonly variables: Readonly<Record<string, string>>
  }
}

const load = (name: string): unknown => parse(readFileSync(join(root, name), 'utf8'))

describe('integrations', () => {
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
    await mkdir(join(folder.path, 'k8s'))
    await writeFile(join(folder.path, 'k8s/ntp.yaml'), BROKEN)
    await writeFile(join(folder.path, 'other.yaml'), 'a: 1\n')
  })
  afterEach(() => folder.remove())

  const bash = (script: string, env: Record<string, string>) => {
    const variables = {PATH: process.env['PATH'], HOME: folder.path, ...env}
    return spawnSync('bash', ['-e', '-c', script], {cwd: folder.path, encoding: 'utf8', env: variables})
  }

  for (const {id, entry, args} of load('.pre-commit-hooks.yaml') as Hook[]) {
    it(`pre-commit: ${id}`, async () => {
      const [program, ...words] = entry.split(' ')
      assert.equal(program, 'lbex')
      const run = (...files: string[]) => lbex([...words, ...args, ...files], {cwd: folder.path})
      assert.equal((await run('other.yaml')).exitCode, 0)
      assert.equal((await run('other.yaml', 'k8s/ntp.yaml')).exitCode, 1)
      await writeFile(join(folder.path, '--output=x.yaml'), BROKEN)
      assert.equal((await run('--output=x.yaml')).exitCode, 1)
      await mkdir(join(folder.path, 'shop/templates'), {recursive: true})
      await writeFile(join(folder.path, 'shop/Chart.yaml'), 'name: shop\n')
      await writeFile(join(folder.path, 'shop/templates/a.yaml'), 'metadata:\n  {{- x }}\n')
      const {exitCode, stderr} = await run('shop/templates/a.yaml')
      assert.equal(exitCode, 0)
      assert.match(stderr, /^not checked: 1 template of shop .*: helm template shop \| lbex check -\n$/m)
    })
  }

  it('the GitHub Action writes annotations, SARIF and a summary', async () => {
    const step = (load('action.yml') as Action).runs.steps.find(({name}) => name === 'lbex check')
    const env = {
      CHECK_PROGRAM: join(root, 'bin/run.js'),
      PATHS: 'k8s/*.yaml',
      ARGS: '--disable port-missing',
      SARIF: 'lbex.sarif',
      RUNNER_TEMP: folder.path,
      GITHUB_STEP_SUMMARY: join(folder.path, 'summary.md'),
    }
    const {stdout, stderr, status} = bash(step?.run ?? '', env)
    assert.deepEqual([stderr, status], ['', 1])
    assert.match(stdout, /^::error file=k8s\/ntp\.yaml,line=7,.*title=port-invalid::/)
    assert.equal(JSON.parse(await readFile(join(folder.path, 'lbex.sarif'), 'utf8')).version, '2.1.0')
    assert.match(await readFile(join(folder.path, 'summary.md'), 'utf8'), /^### lbex check\n/)
    await writeFile(join(folder.path, 'k8s/ntp.yaml'), BARE)
    assert.equal(bash(step?.run ?? '', env).status, 0)
  })

  it('the GitLab template writes a JUnit report', async () => {
    const {script} = (load('integrations/gitlab-ci.yml') as Template)['.lbex-check']
    const env = {
      CHECK_WITH: `${process.execPath} ${join(root, 'bin/run.js')}`,
      CHECK_PATHS: 'k8s/',
      CHECK_ARGS: '',
    }
    const {stdout, stderr, status} = bash(script.join('\n'), env)
    assert.deepEqual([stderr, status], ['', 1])
    assert.match(stdout, /^k8s\/ntp\.yaml:7:33: error /)
    assert.match(await readFile(join(folder.path, 'lbex-junit.xml'), 'utf8'), /<failure type="port-invalid"/)
  })

  it('the GitLab template does not run an npm package of an unknown publisher', () => {
    const {script, variables} = (load('integrations/gitlab-ci.yml') as Template)['.lbex-check']
    const {stderr, status} = bash(script.join('\n'), variables)
    assert.deepEqual([stderr, status], ['set CHECK_WITH, which says how lbex is started\n', 2])
  })
})
