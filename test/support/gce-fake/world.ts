/** `lbex gce` with the fake APIs and a gcloud: in the process of the test, and as a program. */
import {EventEmitter} from 'node:events'
import {mkdir, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {PassThrough} from 'node:stream'
import {fileURLToPath} from 'node:url'
import {gceDown} from '../../../src/gce/command/gce-down.js'
import type {GceEdges} from '../../../src/gce/command/gce-session.js'
import {gceStatus} from '../../../src/gce/command/gce-status.js'
import {gceUp} from '../../../src/gce/command/gce-up.js'
import {
  gceDownFlags,
  gceJsonFlags,
  gcePlanFlags,
  gceStatusFlags,
  gceTargetFlags,
  gceUpFlags,
} from '../../../src/cli/flags/gce.js'
import {parseFlags, type FlagDefinitions} from '../../../src/cli/parse-flags.js'
import {run as runProgram} from '../../../src/util/run-program.js'
import type {RunGcloud} from '../../../src/gce/gcloud.js'
import type {CommandReport} from '../../../src/report/report.js'
import type {Clock} from '../../../src/util/clock.js'
import {temporaryFolder} from '../temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../timeouts.js'
import {startGceFake, type GceFake, type GceFakeOptions} from './gce-fake.js'
import {fakeGcloud} from './gcloud.mjs'
import type {Fetch} from './http.js'

/** How the group of the tests is called, in the project that the fake APIs begin with. */
export const TARGET = ['--name=web', '--project=my-project']
export const UP = [
  ...TARGET,
  '--cluster-name=shop',
  '--cluster-network=net',
  // Must be given until lbex is published.
  '--lbex-package=lbex@2.0.0',
]

export type Ran = CommandReport & {readonly progress: string}

export type World = {
  readonly fake: GceFake
  readonly edges: GceEdges
  readonly runGcloud: RunGcloud
  /** For lbex as a program: it finds this world's gcloud, and `home` and `tmp` in `folder`. */
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
  up(...flags: readonly string[]): Promise<Ran>
  down(...flags: readonly string[]): Promise<Ran>
  status(...flags: readonly string[]): Promise<Ran>
  close(): Promise<void>
}

export type WorldOptions = GceFakeOptions & {
  /**
   * `in-process` (default): a copy of gcloud that talks to the fake APIs without a socket. `stand-in`: the same copy over HTTP,
   * in the process of the test or as a program.
   */
  readonly gcloud?: 'in-process' | 'stand-in' | 'real'
  /** What comes from the keyboard; default: no terminal. */
  readonly typed?: string
  readonly wrapGcloud?: (run: RunGcloud) => RunGcloud
}

export async function gceWorld(options: WorldOptions = {}): Promise<World> {
  const {gcloud = 'in-process'} = options
  const fake = await startGceFake({...options, sockets: gcloud !== 'in-process'})
  const folder = await temporaryFolder()
  const env = await programEnvironment(fake, folder.path, gcloud)
  const plain =
    gcloud === 'real' ? realGcloud(env) : standIn(env, gcloud === 'in-process' ? fake.http.fetch : undefined)
  const runGcloud = options.wrapGcloud?.(plain) ?? plain
  let shown = ''
  const edges: GceEdges = {
    runGcloud,
    clock: hastyClock,
    stderr: writable((text) => (shown += text)),
    stdin: keyboard(options.typed),
    stdout: new EventEmitter(),
    write: (text) => (shown += text),
  }
  const run = async <T>(
    definitions: FlagDefinitions,
    flags: readonly string[],
    command: (flags: T, notices: readonly string[], edges: GceEdges) => Promise<CommandReport>,
  ): Promise<Ran> => {
    shown = ''
    const report = await command((await parseFlags(definitions, flags, {})) as T, [], edges)
    return {...report, progress: shown}
  }
  return {
    fake,
    edges,
    runGcloud,
    env,
    folder: folder.path,
    up: (...flags) =>
      run({...gceTargetFlags, ...gceUpFlags, ...gcePlanFlags, ...gceJsonFlags}, [...UP, ...flags], gceUp),
    down: (...flags) =>
      run(
        {...gceTargetFlags, ...gceDownFlags, ...gcePlanFlags, ...gceJsonFlags},
        [...TARGET, ...flags],
        gceDown,
      ),
    status: (...flags) =>
      run({...gceTargetFlags, ...gceStatusFlags, ...gceJsonFlags}, [...TARGET, ...flags], gceStatus),
    close: async () => {
      await fake.close()
      await folder.remove()
    },
  }
}

async function programEnvironment(
  fake: GceFake,
  folder: string,
  gcloud: WorldOptions['gcloud'],
): Promise<Record<string, string>> {
  const [bin, home, tmp] = ['bin', 'home', 'tmp'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await Promise.all([bin, home, tmp].map((path) => mkdir(path)))
  if (gcloud !== 'real') await symlink(STAND_IN, join(bin, 'gcloud'))
  const {PATH = ''} = process.env
  return {PATH: `${bin}:${PATH}`, HOME: home, TMPDIR: tmp, ...(await fake.environment(folder))}
}

const STAND_IN = fileURLToPath(new URL('gcloud.mjs', import.meta.url))

function standIn(env: Record<string, string>, fetch: Fetch | undefined): RunGcloud {
  return (args, signal) => fakeGcloud(args, env, signal, fetch)
}

function realGcloud(env: Record<string, string>): RunGcloud {
  const quiet = {...env, CLOUDSDK_CORE_DISABLE_PROMPTS: '1'}
  return (args, signal) => runProgram('gcloud', args, {timeout: INTEGRATION_TIMEOUT, signal, env: quiet})
}

/** Pauses are short, and count in full. */
export const hastyClock: Clock & {skipped: number} = {
  skipped: 0,
  now: () => Date.now(),
  monotonic: () => performance.now() + hastyClock.skipped,
  delay: (milliseconds) => {
    hastyClock.skipped += milliseconds
    return new Promise((resolve) => setTimeout(resolve, 2))
  },
}

function writable(take: (text: string) => void): NodeJS.WriteStream {
  const stream = new PassThrough()
  stream.on('data', (chunk: Buffer) => take(chunk.toString()))
  return stream as unknown as NodeJS.WriteStream
}

function keyboard(typed: string | undefined): NodeJS.ReadStream {
  const stream = new PassThrough()
  if (typed !== undefined) stream.write(typed)
  return Object.assign(stream, {isTTY: typed !== undefined}) as unknown as NodeJS.ReadStream
}
