/** Real shells complete real command lines, of lbex as it is and of a command line that has one of everything. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {bashCompletion} from '../../src/cli/completions/bash.js'
import {fishCompletion} from '../../src/cli/completions/fish.js'
import {zshCompletion} from '../../src/cli/completions/zsh.js'
import {skipBecause, whyNoProgram} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {COMMANDS} from './commands.js'

/** What is typed before the tab, and what the shell then offers. */
const CASES: readonly [typed: string, offers: readonly string[]][] = [
  ['lbex r', ['run']],
  ['lbex gce ', ['down', 'up']],
  ['lbex gce up --z', ['--zone']],
  ['lbex run --no', ['--no-health-check']],
  ['lbex run --once --f', ['--filename', '--format']],
  ['lbex run --format ', ['json', 'text']],
  ['lbex run -f some', ['some file.yaml']],
  ['lbex run --port ', []],
]

describe('package: completions', () => {
  let folder: TemporaryFolder
  before(async () => {
    folder = await temporaryFolder()
    writeFileSync(join(folder.path, 'bash'), bashCompletion(COMMANDS))
    writeFileSync(join(folder.path, 'lbex.fish'), fishCompletion(COMMANDS))
    writeFileSync(join(folder.path, '_lbex'), zshCompletion(COMMANDS))
    writeFileSync(join(folder.path, 'some file.yaml'), '')
  })
  after(() => folder.remove())

  /** The lines that a shell prints. */
  const shell = (command: string, ...parameters: string[]): string[] => {
    const {stdout, stderr} = spawnSync(command, parameters, {cwd: folder.path, encoding: 'utf8'})
    assert.equal(stderr, '')
    return stdout.split('\n').filter((line) => line !== '')
  }

  for (const [typed, offers] of [...CASES, ['lbex run --format=j', ['json']]] as typeof CASES) {
    it(`bash: ${typed}`, function () {
      skipBecause(this, whyNoProgram('bash'))
      const words = typed.replace('=', ' = ').split(' ')
      const script =
        'source ./bash; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lbex; printf "%s\\n" "${COMPREPLY[@]}"'
      const found = shell('bash', '--norc', '-c', script, 'bash', ...words)
      assert.deepEqual(found.sort(), offers)
    })
  }

  for (const [typed, offers] of CASES) {
    it(`fish: ${typed}`, function () {
      skipBecause(this, whyNoProgram('fish'))
      const found = shell('fish', '--no-config', '-c', 'source lbex.fish; complete -C $argv[1]', typed)
      assert.deepEqual(found.map((line) => line.split('\t')[0]?.replaceAll('\\', '')).sort(), offers)
    })
  }

  // One that is alone is typed at once, and not shown.
  for (const [typed, offers] of CASES.filter(([, offers]) => offers.length > 1)) {
    it(`zsh: ${typed}`, function () {
      skipBecause(this, whyNoProgram('zsh'))
      const lines = shell(
        'zsh',
        '-f',
        fileURLToPath(new URL('complete.zsh', import.meta.url)),
        folder.path,
        typed,
      )
      const shown = lines.slice(lines.findIndex((line) => line.startsWith('BEGIN'))).map(plain)
      const words = shown.flatMap((line) => line.split(/\s+/)).filter((word) => offers.includes(word))
      assert.deepEqual(words.sort(), offers, shown.join('\n'))
    })
  }
})

/** Without what only a terminal understands. */
function plain(line: string): string {
  return line.replace(/\x1b\[[\d;?]*[a-zA-Z]/g, ' ')
}
