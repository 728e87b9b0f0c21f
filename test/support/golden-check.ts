/**
 * Golden cases of `lbex check`: test/golden/check/CASE/ is what a user has (hidden files included), CASE.args how lbex check is
 * called in there (default: `.`), CASE.out what comes out. UPDATE_GOLDEN=1 rewrites the latter.
 */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {check} from '../../src/lint/command/check.js'
import {packageVersion} from '../../src/cli/run/package.js'
import {checkLine} from '../unit/cli/run/flags.js'

const root = fileURLToPath(new URL('../golden/check/', import.meta.url))

export function checkCases(): string[] {
  return readdirSync(root, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => name)
    .sort()
}

/** Files that belong to no case: left behind by one that was renamed or removed. */
export function strayCheckFiles(): string[] {
  const cases = new Set(checkCases())
  const files = readdirSync(root, {withFileTypes: true}).filter((entry) => entry.isFile())
  return files.map(({name}) => name).filter((name) => !cases.has(name.replace(/\.(args|out)$/, '')))
}

/** Exit code, standard output and standard error as one text. */
export async function runCheckCase(name: string): Promise<string> {
  const args = existsSync(`${root}${name}.args`) ? readFileSync(`${root}${name}.args`, 'utf8').trim() : '.'
  const before = process.cwd()
  process.chdir(root + name)
  try {
    const {flags, words} = await checkLine(...args.split(/\s+/))
    const {output, notes, exitCode} = await check(flags, words, [])
    const text = [`exit ${exitCode}\n`, output, ...(notes ? ['--- stderr\n', notes] : [])].join('')
    return text.replaceAll(packageVersion(), 'VERSION')
  } finally {
    process.chdir(before)
  }
}

export function expectedOf(name: string): string {
  return existsSync(`${root}${name}.out`) ? readFileSync(`${root}${name}.out`, 'utf8') : ''
}

export function writeExpectedOf(name: string, text: string): void {
  writeFileSync(`${root}${name}.out`, text)
}
