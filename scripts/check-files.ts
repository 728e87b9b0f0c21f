/**
 * Checks that no other tool has: templates escape all output, and no file contains the registry or a path of the machine that it
 * was written on.
 */
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {homedir} from 'node:os'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const findings = [...rawOutput(), ...resolvedPackages(), ...tracesOfThisMachine()]
for (const finding of findings) console.log(finding)
process.exitCode = findings.length === 0 ? 0 : 1

/** `| raw` takes a value past the guard that keeps annotation text out of the configuration. */
function rawOutput(): string[] {
  const entries = readdirSync(join(root, 'templates'), {recursive: true, withFileTypes: true})
  return entries
    .filter((entry) => entry.isFile())
    .flatMap(({parentPath, name}) =>
      linesWith(relative(root, join(parentPath, name)), (line) => /\|\s*raw\b/.test(line)).map(
        (place) => `${place}: | raw is forbidden`,
      ),
    )
}

function resolvedPackages(): string[] {
  return ['package-lock.json', 'website/package-lock.json']
    .flatMap((file) => linesWith(file, (line) => line.includes('"resolved"')))
    .map((place) => `${place}: the lock file is to name packages, not where they came from (.npmrc)`)
}

function tracesOfThisMachine(): string[] {
  const traces = [`${homedir()}/`, root, registryHost()].filter((trace) => trace.length > 2)
  return ourFiles().flatMap((file) =>
    traces.flatMap((trace) =>
      linesWith(file, (line) => line.includes(trace)).map(
        (place) => `${place}: ${trace} belongs to one machine`,
      ),
    ),
  )
}

function registryHost(): string {
  return new URL(run('npm', ['config', 'get', 'registry'])).host
}

/** Every file that is, or is about to be, part of the project. */
function ourFiles(): string[] {
  const listed = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'])
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
}

function linesWith(file: string, matches: (line: string) => boolean): string[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  return lines.flatMap((line, index) => (matches(line) ? [`${file}:${index + 1}`] : []))
}

function run(command: string, parameters: string[]): string {
  return execFileSync(command, parameters, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}
