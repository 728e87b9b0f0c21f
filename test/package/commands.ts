/** A small command line that has one of everything, for man pages and completions. */
import type {Command, Flag} from '../../src/cli/command-line.js'

function flag(name: string, more: Partial<Flag> = {}): Flag {
  return {
    name,
    negatable: false,
    repeatable: false,
    options: [],
    description: `Sets ${name}.`,
    group: 'run',
    ...more,
  }
}

function command(words: string, flags: readonly Flag[]): Command {
  return {
    words: words.split(' '),
    summary: `Does ${words}.`,
    description: ['One paragraph.', 'Another: it\'s "quoted", \\ and [bracketed].'],
    usage: `${words} [flags]`,
    examples: [`lbex ${words} --once`],
    flags,
  }
}

export const COMMANDS: readonly Command[] = [
  command('gce down', [flag('yes')]),
  command('gce up', [flag('zone', {value: 'ZONE', repeatable: true})]),
  command('run', [
    flag('filename', {char: 'f', value: 'PATH', repeatable: true, variable: 'LBEX_FILENAME'}),
    flag('format', {value: 'text|json', options: ['text', 'json'], group: 'log'}),
    flag('health-check', {negatable: true, description: "It's on [default]: a check. More of it."}),
    flag('once'),
    flag('port', {value: 'PORT', fallback: '7331'}),
  ]),
]
