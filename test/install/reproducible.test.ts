/** The same sources give the same bytes, whoever builds them, and when. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../commands/lbex.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {artifacts} from './artifacts.js'
import {execute} from './debian-roots.js'

describe('npm run package', function () {
  this.timeout(3 * INTEGRATION_TIMEOUT)

  it('makes the same bytes a second time, with other rights, in another language and zone', async () => {
    const checksums = () => readFileSync(join(artifacts, 'SHA256SUMS'), 'utf8')
    const before = checksums()
    await execute('sh', '-c', `cd ${root} && umask 077 && TZ=Asia/Tokyo LC_ALL=C npm run --silent package`)
    assert.equal(checksums(), before)
    assert.match(await execute('sh', '-c', `cd ${artifacts} && sha256sum -c SHA256SUMS`), /^(\S+: OK\n){4}$/)
  })

  it('gives the files names that a release on GitHub keeps, or their checksums would find none', () => {
    const names = readFileSync(join(artifacts, 'SHA256SUMS'), 'utf8').match(/(?<= {2}).+$/gm) ?? []
    assert.equal(names.length, 4)
    for (const name of names) assert.match(name, /^[\w.-]+$/)
  })
})
