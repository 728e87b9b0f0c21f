import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {decisionRecord, decisionsPage} from '../../scripts/docs/decisions-page.js'
import {temporaryFolder} from '../support/temporary-folder.js'

const RECORD = '# 1. Use NGINX\n\n- Status: accepted\n- Date: 2026-11-23\n\n## Context\n'

describe('the index of decisions', () => {
  it('has the title, status and date of each record', async () => {
    const folder = await temporaryFolder()
    try {
      const records = join(folder.path, 'decisions')
      await mkdir(records)
      await writeFile(join(records, '0001-nginx.md'), RECORD)
      await writeFile(join(records, 'README.md'), '')
      const rows = decisionsPage(records)
        .split('\n')
        .filter((line) => line.includes('0001'))
      assert.deepEqual(rows, ['| 1 | [Use NGINX](0001-nginx.md) | accepted | 2026-11-23 |'])
      await writeFile(join(records, '0003-late.md'), RECORD.replace('# 1', '# 3'))
      assert.throws(() => decisionsPage(records), {message: '0003-late.md: the next number is 2'})
    } finally {
      await folder.remove()
    }
  })

  it('reads which record supersedes another', () => {
    const text = RECORD.replace('accepted', 'superseded by [2](0002-envoy.md)')
    assert.equal(decisionRecord('0001-nginx.md', text).status, 'superseded by [2](0002-envoy.md)')
  })

  for (const [what, text] of [
    ['no status', RECORD.replace('- Status: accepted\n', '')],
    ['an unknown status', RECORD.replace('accepted', 'maybe')],
    ['no date', RECORD.replace(/- Date.*\n/, '')],
    ['the number of another file', RECORD.replace('# 1', '# 2')],
  ] as const) {
    it(`rejects a record with ${what}`, () =>
      assert.throws(() => decisionRecord('0001-nginx.md', text), {
        message: /^0001-nginx\.md must begin with/,
      }))
  }
})
