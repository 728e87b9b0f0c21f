/** Runs a program on a pseudo terminal, with a user who reads and types. */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {stripVTControlCharacters} from 'node:util'
import {whyNoProgram} from './skip.js'

export type OnTerminal = {
  /** What has been shown so far, without colours and moves of the cursor. */
  shown(): string
  /** The same with them. */
  raw(): string
  /** Keys as they are pressed; `\u0003` is Ctrl-C, and goes to all processes in the foreground. */
  type(keys: string): void
  /** Takes the terminal away from the program, as the end of a connection does. */
  hangUp(): void
  /** The exit code. */
  readonly ended: Promise<number | null>
}

/** Why this system has no terminals; undefined if it has. */
export function whyNoTerminals(): string | undefined {
  return whyNoProgram('script', 'bsdutils')
}

/** `words` need no quoting. */
export function startOnTerminal(words: readonly string[], env: Readonly<Record<string, string>>): OnTerminal {
  const command = `stty cols 120 rows 40; exec ${words.join(' ')}`
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {env})
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
  child.stdin.on('error', () => {})
  return {
    raw: () => shown,
    shown: () => stripVTControlCharacters(shown),
    type: (keys) => void child.stdin.write(keys),
    hangUp: () => void child.kill('SIGKILL'),
    ended: once(child, 'close').then(([exitCode]) => exitCode as number | null),
  }
}
