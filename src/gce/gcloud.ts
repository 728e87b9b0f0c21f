/** Runs gcloud: a few at a time, again after temporary trouble, and never with a question or a change of its configuration. */
import {availableParallelism} from 'node:os'
import {Failure} from '../diagnostics/failure.js'
import {run as runProgram, type RunResult} from '../util/run-program.js'
import {Backoff} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import {gcloudFailure, isIncomplete, isNotFound} from './gcloud-trouble.js'
import type {Args, Reading} from './thing.js'

/** Starts gcloud. Rejects with the reason of `signal`, and with a Failure where there is no result. `timeout`: milliseconds. */
export type RunGcloud = (args: Args, signal: AbortSignal, timeout: number) => Promise<RunResult>

export type GcloudOptions = {
  readonly run?: RunGcloud
  readonly clock: Clock
  /** Ends whatever runs; everything rejects with its reason then. */
  readonly signal: AbortSignal
}

/** Each takes a CPU for half a second before it sends anything, and waits for Google about as long. */
const AT_A_TIME = Math.max(4, 2 * availableParallelism())
/** A quarter of a minute in all: so long it may take until a new service account is known everywhere. */
const ATTEMPTS = 6
const PAUSES = {initial: 500, limit: 8000}
/** Milliseconds. Whoever waits for an answer is to be told when none comes. */
const TIMEOUT_OF_READING = 2 * 60_000
/** Milliseconds: gcloud itself gives up on an operation after half an hour. */
const TIMEOUT_OF_CHANGE = 35 * 60_000

export class Gcloud {
  private running = 0
  private readonly waiting: (() => void)[] = []
  private readonly start: RunGcloud

  constructor(private readonly options: GcloudOptions) {
    this.start = options.run ?? startGcloud
  }

  get signal(): AbortSignal {
    return this.options.signal
  }

  get clock(): Clock {
    return this.options.clock
  }

  /** What the command prints as JSON; undefined when what it names is not there. */
  async read(reading: Pick<Reading, 'args' | 'name'>): Promise<unknown> {
    const args = [...reading.args, '--format=json']
    return this.again(async () => {
      const {exitCode, stdout, stderr, endedBy} = await this.once(args, TIMEOUT_OF_READING)
      if (exitCode !== 0 && isNotFound(stderr, reading.name)) return undefined
      if (exitCode !== 0 || isIncomplete(stderr)) throw gcloudFailure(shown(reading.args), stderr, endedBy)
      return parse(stdout, reading.args)
    })
  }

  /** Runs a command that changes something, once. */
  async change(args: Args): Promise<void> {
    const {exitCode, stderr, endedBy} = await this.once(args, TIMEOUT_OF_CHANGE)
    if (exitCode !== 0) throw gcloudFailure(shown(args), stderr, endedBy)
  }

  /** Again while it fails for a reason that may pass. What hung for so long would hang again. */
  async again<T>(attempt: () => Promise<T>): Promise<T> {
    const pauses = new Backoff(PAUSES)
    for (let count = 1; ; count += 1) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof Failure && error.temporary) || count === ATTEMPTS) throw error
        if (error.code === 'command-timeout') throw error
        await this.clock.delay(pauses.next(), this.signal)
        this.signal.throwIfAborted()
      }
    }
  }

  private async once(args: Args, timeout: number): Promise<RunResult> {
    while (this.running >= AT_A_TIME) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.running += 1
    try {
      return await this.start(args, this.signal, timeout)
    } finally {
      this.running -= 1
      this.waiting.shift()?.()
    }
  }
}

/** They win over the user's own configuration, which may hide answers and errors: both are read here. */
const SETTINGS = {
  CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
  CLOUDSDK_CORE_USER_OUTPUT_ENABLED: 'true',
  CLOUDSDK_CORE_VERBOSITY: 'warning',
  CLOUDSDK_CORE_SHOW_STRUCTURED_LOGS: 'never',
  CLOUDSDK_CORE_LOG_HTTP: 'false',
  CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
  CLOUDSDK_SURVEY_DISABLE_PROMPTS: 'true',
}

function startGcloud(args: Args, signal: AbortSignal, timeout: number): Promise<RunResult> {
  return runProgram('gcloud', args, {
    timeout,
    signal,
    // Its variables may hold relative paths.
    cwd: process.cwd(),
    env: {...(process.env as Record<string, string>), ...SETTINGS},
    hint: 'install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install',
  })
}

function parse(stdout: string, args: Args): unknown {
  try {
    return JSON.parse(stdout) as unknown
  } catch (cause) {
    throw new Failure(`${shown(args)} prints no JSON`, {code: 'gcloud-output', cause})
  }
}

/** The words of a command, without its flags. */
function shown(args: Args): string {
  return ['gcloud', ...args.filter((arg) => !arg.startsWith('--'))].join(' ')
}
