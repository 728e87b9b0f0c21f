import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import type {Interfaces} from '@oclif/core'
import {choicesOf, commandsOf, firstSentence, type Flag} from '../../src/cli/command-line.js'
import {COMMANDS} from './commands.js'

const manifest = JSON.parse(
  readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'),
) as Interfaces.Manifest

describe('package: the command line', () => {
  const commands = commandsOf(manifest)
  const flagOf = (command: string, name: string): Flag | undefined =>
    commands.find(({words}) => words.join(' ') === command)?.flags.find((flag) => flag.name === name)

  it('has every command of the manifest, and its flags but the hidden ones', () => {
    assert.deepEqual(
      commands.map(({words}) => words.join(':')),
      Object.keys(manifest.commands).sort(),
    )
    assert.equal(flagOf('run', 'logtostderr'), undefined)
  })

  it('tells of a flag what a reader wants to know', () => {
    assert.deepEqual(flagOf('run', 'health-port'), {
      name: 'health-port',
      value: 'PORT',
      negatable: false,
      repeatable: false,
      options: [],
      description: 'Port of the health checks.',
      fallback: '7331',
      variable: 'LBEX_HEALTH_PORT',
      group: 'serving',
    })
    assert.equal(flagOf('run', 'on-stop')?.value, 'drain|leave')
    assert.equal(flagOf('run', 'filename')?.char, 'f')
    assert.equal(flagOf('run', 'health-check')?.negatable, true)
  })

  it('knows which word may follow which', () => {
    assert.deepEqual(
      [...choicesOf(COMMANDS)].map(([before, choices]) => [before, choices.map(({word}) => word)]),
      [
        ['', ['gce', 'run']],
        ['gce', ['down', 'up']],
      ],
    )
  })

  it('cuts a description to its first sentence', () => {
    const cut = (description: string) => firstSentence({description} as Flag)
    assert.equal(cut('nginx 1.22.1 is the oldest. More.'), 'nginx 1.22.1 is the oldest.')
    assert.equal(cut('No full stop'), 'No full stop')
  })
})
