/** Runs gcloud: a few processes at a time, with retries after temporary errors, without prompts, and without changing its configuration. */
import {availableParallelism} from 'node:os'
import {Failure} from '../diagnostics/failure.js'
import {run as runProgram, type RunResult} from '../util/run-program.js'
import {Backoff} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import {gcloudFailure, isIncomplete, isNotFound} from './gcloud-errors.js'
import type {Args, ResourceQuery} from './resource.js'

/** Runs gcloud. Rejects with the reason of `signal`, or with a Failure if there is no result. `timeout`: milliseconds. */
export type RunGcloud = (args: Args, signal: AbortSignal, timeout: number) => Promise<RunResult>

export type GcloudOptions = {
  readonly run?: RunGcloud
  readonly clock: Clock
  /** Ends all running gcloud processes; every pending call rejects with its reason. */
  readonly signal: AbortSignal
}

/** Each process takes half a second of CPU time before it sends a request, and waits about as long for the response. */
const AT_A_TIME = Math.max(4, 2 * availableParallelism())
/** About 15 s in total, because a new service account may take that long to become visible everywhere. */
const ATTEMPTS = 6
const PAUSES = {initial: 500, limit: 8000}
/** Milliseconds. */
const TIMEOUT_OF_READING = 2 * 60_000
/** Milliseconds. gcloud itself stops waiting for an operation after 30 minutes. */
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

  /** The JSON that the command prints; undefined if the resource that it names does not exist. */
  async read(query: Pick<ResourceQuery, 'args' | 'name'>): Promise<unknown> {
    const args = [...query.args, '--format=json']
    return this.again(async () => {
      const {exitCode, stdout, stderr, endedBy} = await this.once(args, TIMEOUT_OF_READING)
      if (exitCode !== 0 && isNotFound(stderr, query.name)) return undefined
      if (exitCode !== 0 || isIncomplete(stderr)) throw gcloudFailure(shown(query.args), stderr, endedBy)
      return parse(stdout, query.args)
    })
  }

  /** Runs a command that changes a resource, without a retry. */
  async change(args: Args): Promise<void> {
    const {exitCode, stderr, endedBy} = await this.once(args, TIMEOUT_OF_CHANGE)
    if (exitCode !== 0) throw gcloudFailure(shown(args), stderr, endedBy)
  }

  /** Retries while the error is temporary. A timeout is not retried: the next attempt would take as long. */
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

/** Override the configuration of the user, which may hide the output and the errors that are read here. */
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
    // Environment variables of gcloud may contain relative paths.
    cwd: process.cwd(),
    env: {...(process.env as Record<string, string>), ...SETTINGS},
    hint: 'install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install',
  })
}

function parse(stdout: string, args: Args): unknown {
  try {
    return JSON.parse(stdout) as unknown
  } catch (cause) {
    throw new Failure(`${shown(args)} did not print JSON`, {code: 'gcloud-output', cause})
  }
}

/** The command without its flags. */
function shown(args: Args): string {
  return ['gcloud', ...args.filter((arg) => !arg.startsWith('--'))].join(' ')
}
