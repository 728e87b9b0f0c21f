/** `lbex gce` in the process of the test, with the stand-in for gcloud and the fake APIs: fast enough for many scenarios. */
import {EventEmitter} from 'node:events'
import {PassThrough} from 'node:stream'
import {gceDown} from '../../../src/app/gce-down.js'
import type {GceEdges} from '../../../src/app/gce-session.js'
import {gceStatus} from '../../../src/app/gce-status.js'
import {gceUp} from '../../../src/app/gce-up.js'
import {
  gceDownFlags,
  gceJsonFlags,
  gcePlanFlags,
  gceStatusFlags,
  gceTargetFlags,
  gceUpFlags,
} from '../../../src/cli/flags/gce.js'
import {parseFlags, type FlagDefinitions} from '../../../src/cli/parse-flags.js'
import type {RunGcloud} from '../../../src/gce/gcloud.js'
import type {Report} from '../../../src/report/report.js'
import type {Clock} from '../../../src/runtime/clock.js'
import {temporaryFolder} from '../temporary-folder.js'
import {startGceFake, type GceFake, type GceFakeOptions} from './gce-fake.js'
import {fakeGcloud} from './gcloud.mjs'

/** How the group of the tests is called, in the project that the fake APIs begin with. */
const TARGET = ['--name=web', '--project=work']
const UP = [...TARGET, '--cluster-name=shop', '--cluster-network=net']

export type Ran = Report & {readonly progress: string}

export type World = {
  readonly fake: GceFake
  readonly edges: GceEdges
  readonly runGcloud: RunGcloud
  up(...flags: readonly string[]): Promise<Ran>
  down(...flags: readonly string[]): Promise<Ran>
  status(...flags: readonly string[]): Promise<Ran>
  close(): Promise<void>
}

export type WorldOptions = GceFakeOptions & {
  /** What comes from the keyboard; default: no terminal. */
  readonly typed?: string
  readonly wrapGcloud?: (run: RunGcloud) => RunGcloud
}

export async function gceWorld(options: WorldOptions = {}): Promise<World> {
  const fake = await startGceFake(options)
  const folder = await temporaryFolder()
  const env = await fake.environment(folder.path)
  const plain: RunGcloud = (args, signal) => fakeGcloud(args, env, signal)
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
    command: (flags: T, notices: readonly string[], edges: GceEdges) => Promise<Report>,
  ): Promise<Ran> => {
    shown = ''
    const report = await command((await parseFlags(definitions, flags, {})) as T, [], edges)
    return {...report, progress: shown}
  }
  return {
    fake,
    edges,
    runGcloud,
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
