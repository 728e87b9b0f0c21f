/** Runs what the docs show as their reader would: in a folder with the examples, with `lbex` on the PATH. */
import {execFile} from 'node:child_process'
import {chmodSync, cpSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {LOCAL_BACKENDS, root, type Ended} from '../commands/lbex.js'
import {temporaryFolder} from '../support/temporary-folder.js'
import {scaled} from '../support/timeouts.js'

/** What the folder holds beside examples/: files that the docs speak of. */
const world = fileURLToPath(new URL('world/', import.meta.url))
const LIMIT = scaled(30_000)

export type Session = {
  /** Runs a script by `bash -e -o pipefail`, in the folder. */
  run(script: string): Promise<Ended>
  end(): Promise<void>
}

export async function startSession(): Promise<Session> {
  const folder = await temporaryFolder()
  const [bin, home, work] = ['bin', 'home', 'work'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  for (const each of [bin, home]) mkdirSync(each)
  cpSync(world, work, {recursive: true})
  cpSync(join(root, 'examples'), join(work, 'examples'), {recursive: true})
  const program = `exec "${process.execPath}" "${join(root, 'bin/run.js')}" "$@"`
  writeProgram(join(bin, 'lbex'), program)
  writeProgram(join(bin, 'npx'), `while [ "$1" != lbex ]; do shift; done; shift; ${program}`)
  const env = {PATH: `${bin}:${process.env['PATH']}`, HOME: home, LC_ALL: 'C.UTF-8', ...LOCAL_BACKENDS}
  return {
    run: (script) => bash(script, {cwd: work, env}),
    end: () => folder.remove(),
  }
}

function writeProgram(path: string, line: string): void {
  writeFileSync(path, `#!/bin/sh\n${line}\n`)
  chmodSync(path, 0o755)
}

function bash(script: string, options: {cwd: string; env: NodeJS.ProcessEnv}): Promise<Ended> {
  const parameters = ['-e', '-o', 'pipefail', '-c', script]
  return new Promise((resolve, reject) => {
    const child = execFile('bash', parameters, {...options, timeout: LIMIT}, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`it ran for more than ${LIMIT / 1000} seconds`))
      else resolve({stdout, stderr, exitCode: child.exitCode})
    })
    child.stdin?.end()
  })
}

/** Whether `shown` is what was printed: on a terminal, or on one of both streams. `...` stands for anything. */
export function isOutput(shown: string, {stdout, stderr}: Pick<Ended, 'stdout' | 'stderr'>): boolean {
  const parts = shown.trimEnd().split(/\.\.\.|…/)
  const pattern = new RegExp(`^${parts.map((part) => escaped(part)).join('[^]*')}$`)
  return [stdout, stderr, stdout + stderr, stderr + stdout].some((text) => pattern.test(text.trimEnd()))
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
