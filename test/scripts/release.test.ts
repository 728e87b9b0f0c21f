/** What npm run release and release:version are made of. The whole of it runs in test/install/release.test.ts. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {notesOf} from '../../scripts/release/changelog.js'
import {obstaclesOf, type Candidate} from '../../scripts/release/obstacles.js'
import {
  chart,
  chartValues,
  imageOf,
  kustomization,
  lockFile,
  repositoryOf,
} from '../../scripts/release/places.js'
import {root} from '../commands/lbex.js'

const home = (owner: string) => ({repository: {url: `git+https://github.com/${owner}/lbex.git`}})
const manifest = {name: 'lbex', version: '2.1.0', author: 'A <a@b.org>', ...home('Somebody')}
const DEPLOYMENT = 'images:\n  - name: lbex\n    newName: ghcr.io/somebody/lbex\n    newTag: 2.1.0\n'
const CHART = 'apiVersion: v2\nversion: 2.1.0\nappVersion: 2.1.0\n'
const VALUES = 'image:\n  repository: ghcr.io/somebody/lbex\n'
const lock = `${JSON.stringify({name: 'lbex', version: '2.1.0', packages: {'': {version: '2.1.0'}}}, undefined, 2)}\n`
const ready: Candidate = {
  manifest,
  lock,
  deployment: DEPLOYMENT,
  chart: CHART,
  chartValues: VALUES,
  changesets: [],
  notes: '- x\n',
  tag: 'v2.1.0',
}

describe('scripts: release', () => {
  it('takes the notes of a version from the changelog', () => {
    const changelog = '# lbex\n\n## 2.1.0\n\n### Minor Changes\n\n- b\n\n## 2.0.0\n\n- a\n'
    assert.equal(notesOf(changelog, '2.1.0'), '### Minor Changes\n\n- b\n')
    assert.equal(notesOf(changelog, '2.0.0'), '- a\n')
    assert.equal(notesOf(changelog, '2.1'), undefined)
  })

  it('writes the words of a changeset and no more', async () => {
    const changelog = createRequire(import.meta.url)(join(root, '.changeset/changelog.cjs')) as {
      getReleaseLine(changeset: {summary: string; commit: string}): Promise<string>
    }
    const line = await changelog.getReleaseLine({summary: 'One.\n\n- two\n', commit: 'abc1234'})
    assert.equal(line, '- One.\n\n  - two')
  })

  it('knows the repository, and the image that is made of it', () => {
    assert.equal(repositoryOf(manifest), 'Somebody/lbex')
    assert.equal(imageOf(manifest), 'ghcr.io/somebody/lbex')
    assert.equal(imageOf({...manifest, ...home('OWNER')}), undefined)
    assert.throws(
      () => repositoryOf({...manifest, repository: {url: 'https://example.com/lbex'}}),
      /repository\.url is to be git\+https:\/\/github\.com\/OWNER\/NAME\.git, not https:/,
    )
  })

  it('writes the version to the other files that say it', () => {
    const old = lock.replaceAll('2.1.0', '2.0.0')
    assert.equal(lockFile(old, manifest), lock)
    const before = DEPLOYMENT.replace('2.1.0', '2.0.0').replace('ghcr.io/somebody/lbex', 'lbex')
    assert.equal(kustomization(before, manifest), DEPLOYMENT)
    assert.equal(chart(CHART.replaceAll('2.1.0', '2.0.0'), manifest), CHART)
    assert.equal(chartValues(VALUES.replace('ghcr.io/somebody/lbex', "''"), manifest), VALUES)
  })

  it('lets go what is complete', () => {
    assert.deepEqual(obstaclesOf(ready), [])
    assert.deepEqual(obstaclesOf({...ready, tag: undefined}), [])
  })

  const obstacles: ReadonlyArray<readonly [change: Partial<Candidate>, says: RegExp]> = [
    [
      {
        manifest: {...manifest, ...home('OWNER')},
        deployment: DEPLOYMENT.replace(/ghcr.*/, 'set-the-image-of-lbex.invalid/lbex'),
        chartValues: VALUES.replace(/ghcr.*/, "''"),
      },
      /names OWNER/,
    ],
    [{manifest: {...manifest, author: 'lbex <a@lbex.invalid>'}}, /author is to have an address/],
    [{tag: 'v2.0.0'}, /the tag is v2\.0\.0, and package\.json says 2\.1\.0/],
    [{changesets: ['a.md', 'b.md']}, /not taken up: \.changeset\/a\.md, \.changeset\/b\.md: run/],
    [{notes: undefined}, /CHANGELOG\.md has no part for 2\.1\.0/],
    [{lock: lock.replace('2.1.0', '2.0.0')}, /package-lock\.json does not say 2\.1\.0/],
    [{deployment: DEPLOYMENT.replace('2.1.0', '2.0.0')}, /kustomization\.yaml names another image/],
    [{chart: CHART.replaceAll('2.1.0', '2.0.0')}, /Chart\.yaml has another version/],
    [{chartValues: VALUES.replace('somebody', 'other')}, /values\.yaml names another image/],
  ]
  for (const [change, says] of obstacles) {
    it(`is held up: ${says.source.replaceAll('\\', '')}`, () => {
      const found = obstaclesOf({...ready, ...change})
      assert.equal(found.length, 1)
      assert.match(found[0] ?? '', says)
    })
  }

  it('is refused for a tag that is not of this version, before anything is made', async () => {
    const program = [join(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/release.ts', '--tag', 'v0.0.1']
    const failing = new Promise<{code: unknown; stdout: string; stderr: string}>((resolve) => {
      execFile(process.execPath, program, {cwd: root}, (error, stdout, stderr) =>
        resolve({code: error?.code, stdout, stderr}),
      )
    })
    const {code, stdout, stderr} = await failing
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^error: the tag is v0\.0\.1, and package\.json says /m)
  })
})
