/** package.json is the one place that says whose lbex it is, and under which name it is published: all others agree with it. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {
  chartValues,
  hasOwner,
  kustomization,
  repositoryOf,
  type Manifest,
} from '../../scripts/release/places.js'
import {FILES_WITH_HOME, withHome} from '../../scripts/docs/home.js'
import {root} from '../commands/lbex.js'

type WholeManifest = Manifest & {
  readonly homepage: string
  readonly bugs: string
  readonly author: string
  readonly private: boolean
  readonly publishConfig: unknown
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as WholeManifest
const repository = repositoryOf(manifest)

/** Where the first lbex lives. */
const FIRST_LBEX = 'sostheim/lbex'

/** `PATH:LINE: TEXT` of every line of the project in which the pattern, of grep -P, is found; tests aside. */
function linesWith(pattern: string): string[] {
  const parameters = ['grep', '--untracked', '-nIP', pattern, '--', '.', ':!test', ':!package-lock.json']
  const {stdout} = spawnSync('git', parameters, {cwd: root, encoding: 'utf8'})
  return stdout.split('\n').filter((line) => line !== '')
}

describe('package: whose it is', () => {
  it('is told the same by every field of package.json', () => {
    const {homepage, bugs, author} = manifest
    assert.deepEqual(
      [homepage, bugs],
      [`https://github.com/${repository}#readme`, `https://github.com/${repository}/issues`],
    )
    assert.match(author, /^[^<>]+ <[^@\s]+@[^@\s]+>$/)
  })

  it('is told the same by every file that names the repository', () => {
    const before = String.raw`(?<=github\.com/|ghcr\.io/|project: |uses: |--repo )`
    const owners = String.raw`[\w.-]+/lbex(?![\w-])`
    const strangers = linesWith(before + owners).filter((line) =>
      [...line.matchAll(new RegExp(before + owners, 'g'))].some(
        ([name]) => ![repository, repository.toLowerCase(), FIRST_LBEX].includes(name),
      ),
    )
    assert.deepEqual(strangers, [], `package.json says ${repository}`)
  })

  it('is written by npm run docs into every other file that names it, so that package.json is the only one to change', () => {
    const about = ['docs/releasing.md', 'package.json', 'scripts/']
    const files = linesWith('OWNER(?=/lbex)|@lbex\\.invalid').map((line) => line.split(':')[0] ?? '')
    const others = files.filter((file) => !about.some((start) => file.startsWith(start)))
    assert.deepEqual(
      others.filter((file) => !FILES_WITH_HOME.includes(file as never)),
      [],
    )
    if (hasOwner(manifest)) assert.deepEqual(others, [])
  })

  it('can be changed in package.json', () => {
    for (const path of FILES_WITH_HOME) {
      const text = readFileSync(join(root, path), 'utf8')
      assert.equal(withHome(text, repository), text, `${path}: run npm run docs`)
      const changed = withHome(text, 'Somebody/lbex')
      assert.match(changed, /Somebody\/lbex/)
      assert.equal(withHome(changed, repository), text)
    }
  })

  it('has the name and the major version that others call it by from npm', () => {
    const expected = `${manifest.name}@${manifest.version.split('.')[0]}`
    const called = linesWith(String.raw`npx --yes \S+`).map((line) => /npx --yes (\S+)/.exec(line)?.[1])
    // Until the project has an owner, anybody may take the name on npm.
    const allowed = hasOwner(manifest) ? [expected] : []
    assert.deepEqual(
      called.filter((name = '') => !name.startsWith('https://') && !allowed.includes(name)),
      [],
    )
  })

  it('names in deploy/ the image of this version, and one that cannot exist as long as none is published', () => {
    const files = {
      'deploy/balancer/kustomization.yaml': kustomization,
      'deploy/helm/lbex/values.yaml': chartValues,
    }
    for (const [path, change] of Object.entries(files)) {
      const text = readFileSync(join(root, path), 'utf8')
      assert.equal(text, change(text, manifest), `${path}: npm run release:version writes it`)
    }
  })

  it('is published with provenance, to everybody, and never from this folder', () => {
    assert.deepEqual([manifest.publishConfig, manifest.private], [{access: 'public', provenance: true}, true])
  })
})
