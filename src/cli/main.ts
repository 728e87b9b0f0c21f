/** The way in: finds the command, runs it, and turns whatever goes wrong into lines on stderr and an exit code. */
import {Config, Help, type Interfaces} from '@oclif/core'
import {escapeFor} from '../diagnostics/escape.js'
import {Failure} from '../diagnostics/failure.js'
import {nearest} from '../diagnostics/nearest.js'
import {EXIT} from '../report/report.js'
import {flushLog, isLogging, waitForReaders} from './log-output.js'
import {reportTrouble} from './trouble.js'
import {UsageError} from './usage-error.js'

/** Runs the command line of this process and ends it; a bug or a failure in the background ends it too. */
export async function start(source: Interfaces.LoadOptions): Promise<never> {
  const argv = process.argv.slice(2)
  let background: Promise<number> | undefined
  // The first is told: it ends lbex, and others may only follow from it.
  process.on('uncaughtException', (error) => void end((background ??= complain(error, argv))))
  const exitCode = await main(argv, source)
  await everythingWritten()
  // What went wrong meanwhile, such as the last write, is worse than what the command says.
  return end(background ?? exitCode)
}

async function end(exitCode: number | Promise<number>): Promise<never> {
  const code = await exitCode
  await everythingWritten()
  process.exit(code)
}

/** Loses nothing of what was said, as far as there is somebody to hear it. */
async function everythingWritten(): Promise<void> {
  await flushLog()
  await waitForReaders(Promise.all([process.stdout, process.stderr].map(written)))
}

/** Resolves when the reader of a pipe has taken everything, or has gone. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

/**
 * Runs one command line and resolves to its exit code; never rejects. `source` is the folder of lbex's package.json, or
 * what oclif needs to load the commands from elsewhere.
 */
export async function main(argv: readonly string[], source: Interfaces.LoadOptions): Promise<number> {
  ignoreClosedPipes()
  try {
    await dispatch(await Config.load(source), argv)
    return Number(process.exitCode ?? EXIT.fine)
  } catch (error) {
    return await complain(error, argv)
  }
}

/** Says on stderr what went wrong, after what the log has to say; resolves to the exit code. */
async function complain(error: unknown, argv: readonly string[]): Promise<number> {
  const {notes, exitCode} = reportTrouble(error, {debug: wantsDebug(argv)})
  await flushLog()
  process.stderr.write(escapeFor('text', notes))
  return exitCode
}

async function dispatch(config: Config, argv: readonly string[]): Promise<void> {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]
  const ours = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
  if (ours.includes('--version')) return void process.stdout.write(`${config.userAgent}\n`)
  const wantsHelp = words.length === 0 || ours.includes('--help') || ours.includes('-h')
  const {id, rest} = findCommand(
    config,
    wantsHelp ? words.filter((word) => !/^(-h|--help)$/.test(word)) : words,
  )
  if (wantsHelp) return showHelp(config, id)
  if (id === undefined) throw new UsageError('no command given', `${config.bin} --help lists the commands`)
  if (!config.findCommand(id)) return showTopic(config, id, rest)
  await config.runCommand(id, rest)
}

/** The command that the first words name (the longest that there is), and what follows them. */
function findCommand(config: Config, words: readonly string[]): {id?: string; rest: string[]} {
  const first = words[0]
  if (first === undefined) return {rest: []}
  if (first.startsWith('-')) {
    const line = `${config.bin} run ${words.join(' ')}`
    throw new UsageError(`the command is missing before ${first}`, `to serve, write: ${line}`)
  }
  const names = words.findIndex((word) => word.startsWith('-'))
  for (let length = names === -1 ? words.length : names; length > 0; length -= 1) {
    const id = words.slice(0, length).join(':')
    if (config.findCommand(id)) return {id, rest: words.slice(length)}
  }
  if (config.findTopic(first)) return {id: first, rest: words.slice(1)}
  const guess = nearest(
    first,
    config.commandIDs.map((id) => id.replaceAll(':', ' ')),
  )
  const hint = guess ? `did you mean ${config.bin} ${guess}?` : `${config.bin} --help lists the commands`
  throw new UsageError(`unknown command ${JSON.stringify(first)}`, hint)
}

/** A topic alone lists its commands; with a word after it, that word is wrong. */
async function showTopic(config: Config, topic: string, rest: readonly string[]): Promise<void> {
  const [word] = rest
  if (word === undefined) return showHelp(config, topic)
  const commands = config.commandIDs.filter((id) => id.startsWith(`${topic}:`))
  const guess = nearest(
    word,
    commands.map((id) => id.slice(topic.length + 1)),
  )
  throw new UsageError(
    `unknown command ${JSON.stringify(`${topic} ${word}`)}`,
    guess
      ? `did you mean ${config.bin} ${topic} ${guess}?`
      : `${config.bin} ${topic} --help lists the commands`,
  )
}

async function showHelp(config: Config, id: string | undefined): Promise<void> {
  const help = new Help(config, {...config.pjson.oclif.helpOptions, flagSortOrder: 'none'})
  await help.showHelp(id === undefined ? [] : id.split(':'))
}

/** Whether to show what lies behind a failure: asked before the flags are parsed, because parsing may be what fails. */
function wantsDebug(argv: readonly string[]): boolean {
  const typed = [...argv.join(' ').matchAll(/--log-level[= ](\S+)/g)].at(-1)?.[1]
  const levels = typed ?? process.env['LBEX_LOG_LEVEL'] ?? ''
  return levels.split(',').includes('debug')
}

/** `lbex render | head` is no error, and a daemon outlives whoever read its log. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    // oclif has listeners of its own, which take a full disk for a bug.
    stream.removeAllListeners('error').on('error', unlessClosed)
  }
}

function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || isLogging()) return
  throw new Failure(`the output cannot be written: ${error.message}`, {
    code: 'output-failed',
    hint: 'see whether the disk that it goes to is full',
    cause: error,
  })
}
