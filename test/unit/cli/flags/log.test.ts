import assert from 'node:assert/strict'
import {deprecationNotice, logFlags, logLevelsOf, type LogFlags} from '../../../../src/cli/flags/log.js'
import {everywhere} from '../../../../src/cli/log-levels.js'
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
      assert.deepEqual(logLevelsOf(await parse(...argv)), everywhere(level))
    })
  }

  it('reads levels of single components, also from the environment', async () => {
    const levels = {...everywhere('warn'), nginx: 'debug'}
    assert.deepEqual(logLevelsOf(await parse('--log-level=warn,nginx=debug')), levels)
    const flags = await parseFlags(logFlags, [], {LBEX_LOG_LEVEL: 'warn,nginx=debug'})
    assert.deepEqual(logLevelsOf(flags as LogFlags), levels)
  })

  it('names the valid components in the error for an unknown one', async () => {
    await assert.rejects(parse('--log-level=info,kube=debug'), {
      message:
        '--log-level: component must be one of process, controller, nginx, api, health, this is "kube"',
    })
  })

  it('has no notice about current flags', async () => {
    assert.equal(deprecationNotice(await parse('--log-level=debug', '--log-format=json')), undefined)
  })

  it('list the ignored flags of lbex 1.x', async () => {
    const old = ['--logtostderr', '--log_dir=/tmp', '--vmodule', 'a=1', '--v=2']
    assert.equal(
      deprecationNotice(await parse(...old)),
      '-v is deprecated, write --log-level; --log_dir, --logtostderr, --vmodule: accepted for compatibility with lbex 1.x, and ignored',
    )
  })
})
