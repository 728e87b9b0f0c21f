import assert from 'node:assert/strict'
import {deprecationNotice, logFlags, logLevelOf, type LogFlags} from '../../../../src/cli/flags/log.js'
import {parseFlags} from '../../../../src/cli/parse-flags.js'

const parse = async (...argv: string[]) => (await parseFlags(logFlags, argv, {})) as LogFlags

describe('log flags', () => {
  for (const [argv, level] of [
    [[], 'info'],
    [['-v', '0'], 'info'],
    [['--v=1'], 'info'],
    [['-v2'], 'debug'],
    [['-v=4'], 'debug'],
    [['--v', '4', '--log-level', 'warn'], 'warn'],
  ] as const) {
    it(`${argv.join(' ') || 'no flag'} asks for level ${level}`, async () => {
      assert.equal(logLevelOf(await parse(...argv)), level)
    })
  }

  it('has nothing to say about modern flags', async () => {
    assert.equal(deprecationNotice(await parse('--log-level=debug', '--log-format=json')), undefined)
  })

  it('lists the flags of the first lbex that are ignored', async () => {
    const old = ['--logtostderr', '--log_dir=/tmp', '--vmodule', 'a=1', '--v=2']
    assert.equal(
      deprecationNotice(await parse(...old)),
      "-v is deprecated, write --log-level; --log_dir, --logtostderr, --vmodule: accepted for the first lbex's sake, and ignored",
    )
  })
})
