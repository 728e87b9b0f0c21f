import assert from 'node:assert/strict'
import type {Command} from '@oclif/core'
import {completion} from '../../../src/cli/completion.js'
import {versionReport} from '../../../src/cli/version-report.js'

const COMMANDS = [
  {id: 'status', flags: {}, args: {}, hidden: false, aliases: [], hiddenAliases: [], summary: 'Show.'},
] as unknown as Command.Loadable[]

describe('lbex completion', () => {
  it('prints the completion of a shell', () => {
    for (const [shell, start] of [
      ['bash', '# bash completion for lbex'],
      ['zsh', '#compdef lbex'],
      ['fish', '# fish completion for lbex'],
    ] as const) {
      const {output, exitCode} = completion([shell], COMMANDS)
      assert.ok(output.startsWith(start), shell)
      assert.match(output, /status/)
      assert.equal(exitCode, 0)
    }
  })

  it('refuses other shells', () => {
    assert.throws(() => completion(['bsh'], COMMANDS), {
      message: 'there is no completion for "bsh"',
      hint: 'did you mean bash?',
    })
    for (const words of [[], ['bash', 'zsh']])
      assert.throws(() => completion(words, COMMANDS), {message: 'name one shell'})
    assert.throws(() => completion(['powershell'], COMMANDS), {hint: 'the shells are bash, zsh, fish'})
  })
})

describe('lbex version', () => {
  const versions = {lbex: '2.0.0', node: 'v20.19.0', platform: 'linux-x64'}

  it('prints a line each, or JSON', () => {
    assert.equal(versionReport(versions, undefined).output, 'lbex 2.0.0\nNode.js v20.19.0\nlinux-x64\n')
    const {output, medium} = versionReport(versions, 'json')
    assert.deepEqual([JSON.parse(output), medium], [versions, 'json'])
  })
})
