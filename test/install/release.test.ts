/** A release, tried to its end: nothing is published, and nothing of this clone changes. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../commands/lbex.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {version} from './artifacts.js'
import {execute} from './debian-roots.js'

describe('npm run release', function () {
  this.timeout(3 * INTEGRATION_TIMEOUT)
  const clone = join(root, '.cache/release')
  after(() => rmSync(clone, {recursive: true, force: true}))

  it('makes notes, artifacts and checksums of the next version, in a clone', async () => {
    const inRoot = (script: string) => execute('sh', '-c', `cd ${root} && ${script}`)
    const before = await inRoot('git status --porcelain && ls -l artifacts')
    const said = await inRoot('npm run --silent release')
    assert.equal(await inRoot('git status --porcelain && ls -l artifacts'), before)

    const [, from, to = ''] = /^version +(\S+) -> (\S+)$/m.exec(said) ?? []
    assert.equal(from, version())
    assert.deepEqual(readdirSync(join(clone, 'artifacts')).sort(), [
      'SHA256SUMS',
      `lbex-${to}-linux-x64.tar.gz`,
      `lbex-${to}.cdx.json`,
      `lbex-${to}.tgz`,
      `lbex_${to}_amd64.deb`,
    ])
    const notes = readFileSync(join(clone, 'release-notes.md'), 'utf8')
    assert.match(notes, /^### (Major|Minor|Patch) Changes\n\n- /)
    assert.ok(readFileSync(join(clone, 'CHANGELOG.md'), 'utf8').includes(`\n## ${to}\n\n${notes.trimEnd()}`))
    assert.match(said, /^Nothing was published\./m)
  })
})
