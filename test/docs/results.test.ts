/** The results of npm run chaos that the docs cite: the newest that are published, without a violation, and with these figures. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../commands/lbex.js'

type Row = Readonly<Record<string, number>>
type Results = {
  readonly violations: number
  readonly parts: Readonly<Record<string, {readonly rows: readonly Row[]; readonly notRun?: string}>>
}

const guarantees = read('docs/guarantees.md').replaceAll(/\s+/g, ' ')

/** What the page says of a part, with the figures of its result. */
const SENTENCES: Readonly<Record<string, (rows: readonly Row[]) => string>> = {
  soak: ([row]) =>
    `In ${count(row, 'minutes')} minutes with ${count(row, 'changes')} random changes and ${count(row, 'troubles')} faults`,
  moments: (rows) => `After each of ${total(rows, 'moments')} kills`,
  memory: (rows) => `Over ${count(rows.at(-1), 'changes')} changes without a reload`,
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function count(row: Row | undefined, key: string): string {
  return (row?.[key] ?? NaN).toLocaleString('en-US')
}

/** Of a column. */
function total(rows: readonly Row[], key: string): string {
  return rows.reduce((sum, row) => sum + (row[key] ?? NaN), 0).toLocaleString('en-US')
}

/** Published are those that are part of the repository. Their names begin with their dates. */
function published(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', 'bench/results'], {cwd: root, encoding: 'utf8'})
  return listed
    .split('\n')
    .filter((path) => path.endsWith('-chaos.json'))
    .sort()
}

function resultsOf(path: string): Results {
  return JSON.parse(read(path)) as Results
}

describe('docs: results of npm run chaos', () => {
  for (const [part, sentence] of Object.entries(SENTENCES)) {
    it(`the newest of ${part} has no violation, is linked, and has the figures of the page`, () => {
      const newest = published().findLast((path) => part in resultsOf(path).parts)
      assert.ok(newest !== undefined)
      const {violations, parts} = resultsOf(newest)
      assert.equal(violations, 0)
      assert.equal(parts[part]?.notRun, undefined)
      assert.ok(guarantees.includes(`../${newest.replace('.json', '.md')}`), newest)
      const expected = sentence(parts[part]?.rows ?? [])
      assert.ok(guarantees.includes(expected), expected)
    })
  }

  it('are each a pair of Markdown and JSON', () => {
    for (const path of published())
      assert.match(read(path.replace('.json', '.md')), /\*\*Violations: 0\.\*\*/)
  })
})
