/** Reports every word that check/words.ts rules out, with its place and what to write instead. */
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {wordFindings} from './check/words.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const CHECKED = ['src', 'docs', 'templates', 'deploy', 'gce', 'packaging', 'README.md', 'CONTRIBUTING.md']

const listed = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '-z', ...CHECKED],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
  for (const {line, word, instead} of wordFindings(file, readFileSync(join(root, file), 'utf8'))) {
    console.log(`${file}:${line}: "${word}": ${instead}`)
    process.exitCode = 1
  }
}
