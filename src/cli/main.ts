/** Entry point: finds the command, runs it, and reports errors on stderr and by the exit code. */
import {Config, Help, type Interfaces} from '@oclif/core'
import {escapeFor} from '../diagnostics/escape.js'
import {Failure} from '../diagnostics/failure.js'
import {nearest} from '../diagnostics/nearest.js'
import {EXIT} from '../report/report.js'
import {flushLog, isLogging, waitForReaders} from './log-output.js'
import {reportError} from './report-error.js'
import {UsageError} from './usage-error.js'

/** Runs the command line of this process and exits; an uncaught error exits too. */
export async function start(source: Interfaces.LoadOptions): Promise<never> {
  const argv = process.argv.slice(2)
  let background: Promise<number> | undefined
  // Only the first error is reported: later ones are often its consequences.
  process.on('uncaughtException', (error) => void end((background ??= printError(error, argv))))
  const exitCode = await main(argv, source)
  await flushOutput()
  // An uncaught error since then, such as in the last write, overrides the exit code of the command.
  return end(background ?? exitCode)
}

async function end(exitCode: number | Promise<number>): Promise<never> {
  const code = await exitCode
  await flushOutput()
  process.exit(code)
}

/** Waits until the log, stdout and stderr are written, as far as their readers still read. */
async function flushOutput(): Promise<void> {
  await flushLog()
  await waitForReaders(Promise.all([process.stdout, process.stderr].map(written)))
}

/** Resolves when everything is written, or the reader has closed the pipe. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

/**
 * Runs one command line and resolves to its exit code; never rejects. `source` is the folder of lbex's package.json, or
 * oclif's options to load the commands from elsewhere.
 */
export async function main(argv: readonly string[], source: Interfaces.LoadOptions): Promise<number> {
  ignoreClosedPipes()
  try {
    await dispatch(await Config.load(source), argv)
    return Number(process.exitCode ?? EXIT.fine)
  } catch (error) {
    return await printError(error, argv)
  }
}

/** Prints the error on stderr, after the log; resolves to the exit code. */
async function printError(error: unknown, argv: readonly string[]): Promise<number> {
  const {notes, exitCode} = reportError(error, {debug: wantsDebug(argv)})
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

/** The command with the longest name that the first words match, and the words after it. */
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

/** Shows the help of a topic; throws a UsageError if a word follows that is not one of its commands. */
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

/** Whether to print the causes of a failure. Does not use the parsed flags, because parsing them may be what failed. */
function wantsDebug(argv: readonly string[]): boolean {
  const typed = [...argv.join(' ').matchAll(/--log-level[= ](\S+)/g)].at(-1)?.[1]
  const levels = typed ?? process.env['LBEX_LOG_LEVEL'] ?? ''
  return levels.split(',').includes('debug')
}

/** `lbex render | head` must not be an error, and `lbex run` must survive the reader of its log. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    // oclif's own listeners would report a full disk as a bug.
    stream.removeAllListeners('error').on('error', unlessClosed)
  }
}

function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || isLogging()) return
  throw new Failure(`the output cannot be written: ${error.message}`, {
    code: 'output-failed',
    hint: 'check whether the disk is full',
    cause: error,
  })
}
