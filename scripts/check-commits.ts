/**
 * Checks the messages of the commits that the main branch does not have yet (check/commit-message.ts), or those after a given
 * commit: `npm run check:commits -- v2.0.0`.
 */
import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {commitProblems} from './check/commit-message.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const MAIN = ['origin/HEAD', 'origin/main', 'main']

const base =
  process.argv[2] ?? MAIN.find((name) => git('rev-parse', '--verify', '--quiet', name) !== undefined)
for (const commit of base === undefined ? [] : commitsAfter(base)) {
  const [hash = '', ...message] = commit.split('\n')
  const [subject = ''] = message
  for (const problem of commitProblems(message.join('\n'))) {
    console.log(`${hash.slice(0, 12)} "${subject}": ${problem}`)
    process.exitCode = 1
  }
}

/** Each as its hash and, from the next line on, its message. */
function commitsAfter(commit: string): string[] {
  const log = git('log', '--no-merges', '-z', '--format=%H%n%B', `${commit}..HEAD`)
  if (log === undefined) throw new Error(`git log cannot list the commits after ${commit}`)
  return log.split('\0').filter((text) => text !== '')
}

/** Undefined if git fails, such as for a name that does not exist. */
function git(...parameters: string[]): string | undefined {
  const {status, stdout} = spawnSync('git', parameters, {cwd: root, encoding: 'utf8', maxBuffer: 1e8})
  return status === 0 ? stdout : undefined
}
