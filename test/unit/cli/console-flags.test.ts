import assert from 'node:assert/strict'
import {Config} from '@oclif/core'
import {captureOutput} from '@oclif/test'
import {LbexCommand} from '../../../src/cli/base-command.js'
import {colourFlags, quietFlags} from '../../../src/cli/flags/console.js'
import {wantsColour} from '../../../src/cli/run/colour.js'

const flags = {...quietFlags, ...colourFlags}

class ReportCommand extends LbexCommand {
  static override flags = flags
  exitCode = 0

  override async run(): Promise<void> {
    await this.readFlags(flags)
    this.show({output: 'output\n', notes: 'notes\n', exitCode: this.exitCode})
  }
}

describe('the flags of commands that print a report', () => {
  const before = {exitCode: process.exitCode, noColour: process.env['NO_COLOR']}

  beforeEach(() => {
    delete process.env['NO_COLOR']
  })
  afterEach(() => {
    process.exitCode = before.exitCode
    if (before.noColour === undefined) delete process.env['NO_COLOR']
    else process.env['NO_COLOR'] = before.noColour
  })

  async function run(argv: string[], exitCode = 0): Promise<{stdout: string; stderr: string}> {
    const command = new ReportCommand(argv, new Config({root: '/'}))
    command.exitCode = exitCode
    const {stdout, stderr} = await captureOutput(() => command.run())
    return {stdout, stderr}
  }

  it('--quiet hides the notes of a success only', async () => {
    assert.deepEqual(await run([]), {stdout: 'output\n', stderr: 'notes\n'})
    assert.deepEqual(await run(['-q']), {stdout: 'output\n', stderr: ''})
    assert.deepEqual(await run(['-q'], 1), {stdout: 'output\n', stderr: 'notes\n'})
  })

  it('--no-color has the effect of NO_COLOR', async () => {
    await run([])
    assert.equal(process.env['NO_COLOR'], undefined)
    await run(['--no-color'])
    assert.ok(process.env['NO_COLOR'])
    assert.equal(wantsColour(), false)
  })
})
