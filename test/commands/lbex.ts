/** Runs the built lbex as a process with arguments, environment and pipes. */
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export type Ended = {readonly stdout: string; readonly stderr: string; readonly exitCode: number | null}

export type LbexOptions = {
  /** Variables in addition to PATH and HOME; the environment of the test is not inherited. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: string
  /** Folder of the lbex that is run; default: this one. */
  readonly program?: string
  /** A program with arguments that starts lbex. */
  readonly through?: readonly string[]
}

/** The backends of tests listen on loopback addresses, which lbex refuses otherwise. */
export const LOCAL_BACKENDS = {LBEX_ALLOW_LOCAL_ENDPOINTS: 'true'}

/** Runs lbex to its end. */
export async function lbex(parameters: readonly string[], options: LbexOptions = {}): Promise<Ended> {
  const {child, ended} = startLbex(parameters, options)
  child.stdin?.end(options.stdin ?? '')
  return ended
}

/** Starts lbex; `ended` resolves when it has ended and closed its pipes. */
export function startLbex(
  parameters: readonly string[],
  {env = {}, cwd = tmpdir(), program = root, through = []}: LbexOptions = {},
): {child: ChildProcess; ended: Promise<Ended>} {
  const {PATH = '', HOME = tmpdir(), NODE_V8_COVERAGE} = process.env
  const [command, ...rest] = [...through, process.execPath, join(program, 'bin/run.js'), ...parameters]
  const child = spawn(command as string, rest, {
    cwd,
    env: {PATH, HOME, ...LOCAL_BACKENDS, ...(NODE_V8_COVERAGE && {NODE_V8_COVERAGE}), ...env},
  })
  return {child, ended: outcome(child)}
}

async function outcome(child: ChildProcess): Promise<Ended> {
  const texts = {stdout: '', stderr: ''}
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text))
  child.stdin?.on('error', () => {})
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return {...texts, exitCode}
}
