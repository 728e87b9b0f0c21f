/** Flags, variables, annotations, metrics and findings that our hand-written pages name: each is one that there is. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {COMMANDS} from '../../src/commands/index.js'
import {METRICS, type MetricDefinition} from '../../src/controller/metrics/catalogue.js'
import {TRAFFIC_METRICS} from '../../src/observe/traffic/catalogue.js'
import {CODES} from '../../src/diagnostics/catalogue.js'
import {ANNOTATION_ENTRIES} from '../../src/core/intent/annotations.js'
import {root} from '../commands/lbex.js'
import {codeIn, tableBelow} from '../support/markdown-table.js'
import {readPage} from './markdown.js'

const GENERATED = ['annotations.md', 'commands.md', 'diagnostics.md', 'metrics.md']

const pages = [
  ...['README.md', 'deploy/README.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && !GENERATED.includes(name))
    .map((name) => `docs/${name}`),
]

type Flag = {readonly env?: string}
const flags = Object.values<{flags: Readonly<Record<string, Flag>>}>(COMMANDS).flatMap((command) =>
  Object.entries(command.flags),
)

const FLAGS = [
  ...flags.map(([name]) => `--${name}`),
  ...['--help', '--version'],
  // What stands for any flag, and those of others.
  ...[
    '--stay',
    '--record',
    '--lb-class',
    '--flag',
    '--no-flag',
    '--no-address',
    '--stop-timeout',
    '--ignore-scripts',
    '--now',
    '--since',
  ],
]

/** What a word is that looks like ours, and whether there is such a thing. */
const KINDS: readonly (readonly [form: RegExp, exists: (word: string) => boolean])[] = [
  [/(?<![\w-])--[a-z][\w-]*/g, (word) => FLAGS.includes(word)],
  [/\bLBEX_[A-Z][A-Z_]*[A-Z]\b/g, (word) => flags.some(([, {env}]) => env === word)],
  [
    /\blbex_[a-z_]+[a-z]\b/g,
    (word) =>
      Object.values<MetricDefinition>({...METRICS, ...TRAFFIC_METRICS}).some(({name}) => name === word),
  ],
  [
    /\b[\w-]+\.lbex\/[\w-]+/g,
    (word) => ANNOTATION_ENTRIES.some(({key}) => (key.endsWith('/') ? word.startsWith(key) : word === key)),
  ],
]

/** Code within a line, and no blocks: those are commands, and are run. */
function inlineCode(page: string): string[] {
  return readPage('page', page).spans.map(({text}) => text)
}

function strangersIn(page: string): string[] {
  const code = inlineCode(page)
  return KINDS.flatMap(([form, exists]) =>
    code.flatMap((text) => [...text.matchAll(form)].map(([word]) => word).filter((word) => !exists(word))),
  )
}

describe('our pages', () => {
  for (const page of pages) {
    it(`${page} names nothing that there is not`, () => {
      assert.deepEqual(strangersIn(readFileSync(join(root, page), 'utf8')), [])
    })
  }

  it('would be caught naming what there is not', () => {
    const words = '`--health-prot`, `LBEX_HEALTH_PROT`, `lbex_nginx_alive`, `loadbalancer.lbex/color`'
    assert.deepEqual(strangersIn(words), codeIn(words))
  })

  it('tell operators about findings that there are', () => {
    const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8')
    const named = tableBelow(operations, 'Findings about Services').flatMap(([code = '']) => codeIn(code))
    assert.notEqual(named.length, 0)
    assert.deepEqual(
      named.filter((code) => !CODES.includes(code as never)),
      [],
    )
  })
})
