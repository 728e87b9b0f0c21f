import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {manPages} from '../../scripts/package/man-pages.js'
import {skipBecause, whyNoProgram} from '../support/skip.js'
import {COMMANDS} from './commands.js'

const pages = manPages(COMMANDS, {version: '1.2.3', date: '2026-01-02'})

describe('package: man pages', () => {
  it('are one for lbex and one for each command', () => {
    assert.deepEqual(Object.keys(pages), ['lbex.1', 'lbex-gce-down.1', 'lbex-gce-up.1', 'lbex-run.1'])
  })

  it('say of a flag what it does, its default and its variable', () => {
    const page = pages['lbex-run.1'] ?? ''
    assert.ok(page.startsWith('.TH LBEX\\-RUN 1 2026-01-02 "lbex 1.2.3" "lbex"\n'))
    assert.ok(page.includes('.SH LOG FLAGS\n.TP\n\\fB\\-\\-format\\fR=\\fItext|json\\fR\nSets format.'))
    assert.ok(
      page.includes(
        '\\fB\\-f\\fR, \\fB\\-\\-filename\\fR=\\fIPATH\\fR\nSets filename. Variable: LBEX_FILENAME.',
      ),
    )
    assert.ok(page.includes('\\fB\\-\\-[no\\-]health\\-check\\fR\n'))
    assert.ok(page.includes('Sets port. Default: 7331.'))
  })

  it('are what groff takes without a warning, and shows as it was written', function () {
    skipBecause(this, whyNoProgram('groff'))
    for (const [name, page] of Object.entries(pages)) {
      const {stdout, stderr} = spawnSync('groff', ['-man', '-ww', '-Tascii', '-P-cbou'], {
        input: page,
        encoding: 'utf8',
      })
      assert.equal(stderr, '', name)
      if (name === 'lbex.1') assert.match(stdout, /lbex gce up\n +Does gce up\./)
      else assert.match(stdout, /Another: it's "quoted", \\ and \[bracketed\]\./)
    }
  })
})
