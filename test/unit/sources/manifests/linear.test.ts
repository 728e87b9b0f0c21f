import assert from 'node:assert/strict'
import {assembleContents, documentFinder} from '../../../../src/sources/manifests/assemble.js'
import {readManifest} from '../../../../src/sources/manifests/manifest-file.js'
import {ReadFile} from '../../../../src/sources/manifests/read-file.js'
import {longTimeout} from './support.js'

const HEAD = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n'

function many(count: number, line: (index: number) => string): string {
  return Array.from({length: count}, (_, index) => line(index)).join('')
}

/** Most have some 200,000 characters. Work that grows with their square takes half a minute, other work less than a second. */
const TEXTS: Readonly<Record<string, () => string>> = {
  'blanks inside a line': () => `${HEAD}  x: a${' '.repeat(200_000)}b\n`,
  'blanks before the end of a line': () => `${HEAD}  x: a${' '.repeat(200_000)}\n`,
  'a line of blanks': () => `${HEAD}${' '.repeat(200_000)}\n`,
  'blanks inside quotes': () => `${HEAD}  x: "a\n${' '.repeat(200_000)}b\\n"\n`,
  'blanks in the name of a template': () => `# Source: a${' '.repeat(200_000)}b\n${HEAD}  x: [\n`,
  'blanks behind a kind': () => `kind: Service${' '.repeat(200_000)}!\n`,
  'blanks in a flow list': () => `${HEAD}  x: [a,${' '.repeat(200_000)}b]\n`,
  'blanks behind an item': () => `${HEAD}  x:\n  -${' '.repeat(200_000)}a\n`,
  'blanks behind a key': () => `${HEAD}  x${' '.repeat(200_000)}: a\n`,
  'digits and commas': () => `${HEAD}  x: ${'1,'.repeat(100_000)}\n`,
  brackets: () => `${HEAD}  x: a${'['.repeat(200_000)}\n`,
  quotes: () => `${HEAD}  x: a${`"'`.repeat(100_000)}\n`,
  'quotes behind commas': () => `${HEAD}  x: a${`, '`.repeat(70_000)}\n`,
  'empty lines': () => `${HEAD}  x: a\n${'\n'.repeat(200_000)}\n`,
  comments: () => `${HEAD}${'#\n'.repeat(100_000)}`,
  'blanks behind an ignore': () => `${HEAD}# lbex-ignore${' '.repeat(200_000)}x\n`,
  'keys in one flow mapping': () => `${HEAD}  x: {${many(20_000, (index) => `k${index}: 1, `)}}\n`,
  'keys in one block mapping': () => `${HEAD}  x:\n${many(12_500, (index) => `    k${index}: "\\t"\n`)}`,
  'duplicate keys': () => `${HEAD}  x:\n${'    k: v\n'.repeat(22_000)}`,
  'aliases of one anchor': () => `${HEAD}  x: &a v\n  y:\n${'  - *a\n'.repeat(18_000)}`,
  'anchors and aliases': () => `${HEAD}  x:\n${many(9000, (index) => `  - &a${index} v\n  - *a${index}\n`)}`,
  'ignores of the whole document': () => HEAD + '# lbex-ignore a\n'.repeat(12_500),
  'documents with a comment above': () => `# Source: a/b.yaml\n${HEAD}---\n`.repeat(2500),
  'merges of a large mapping': () =>
    `x: &a {${many(10_000, (index) => `k${index}: 1, `)}}\n${many(10_000, (index) => `y${index}: {<<: *a}\n`)}${HEAD}`,
  'a string in JSON': () =>
    JSON.stringify({kind: 'Service', metadata: {annotations: {a: 'x\n'.repeat(9e6)}}}),
  'blanks in JSON': () => `{"a": {}${' '.repeat(200_000)}}`,
  'quotes in broken JSON': () => `{"a": "${'\\"'.repeat(200_000)}`,
}

describe('The time to read a text', () => {
  for (const [what, textOf] of Object.entries(TEXTS)) {
    it(`does not grow with the square of ${what}`, () => {
      const text = textOf()
      const before = process.cpuUsage()
      readAndLocate(text)
      const {user, system} = process.cpuUsage(before)
      assert.ok(user + system < 10e6, `${(user + system) / 1e6} s of CPU time`)
    }).timeout(longTimeout)
  }
})

function readAndLocate(text: string): void {
  const found = {file: 'a.yaml', path: '/a.yaml', isPipe: true}
  const file = new ReadFile(found, readManifest('a.yaml', text))
  const {objects, diagnostics} = file
  const {locate} = assembleContents({objects, diagnostics, find: documentFinder([file])}, 'partial')
  locate(diagnostics)
}
