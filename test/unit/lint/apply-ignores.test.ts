import assert from 'node:assert/strict'
import {annotatedIgnores} from '../../../src/lint/annotated-ignores.js'
import {applyIgnores} from '../../../src/lint/apply-ignores.js'
import {diagnose, type Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import type {Ignore} from '../../../src/diagnostics/ignore.js'
import {aService} from '../../support/builders.js'

const service = aService('web').annotated({'check.lbex/ignore': 'method-unused, nonsense'}).build()

const at = (line: number, file = 'a.yaml') => ({file, line, column: 1, endLine: line, endColumn: 2})
const unused = (line?: number, file?: string): Diagnostic => ({
  ...diagnose('method-unused', {subject: service, args: {algorithm: 'least_conn'}}),
  ...(line !== undefined && {location: at(line, file)}),
})
const lines = (fromLine: number, toLine: number, ...codes: string[]): Ignore => ({
  codes,
  scope: {file: 'a.yaml', fromLine, toLine},
  subject: {ref: {kind: 'File', name: 'a.yaml'}},
  location: at(fromLine),
})

const apply = (diagnostics: Diagnostic[], ignores: Ignore[], off: string[] = []) => {
  const {kept, ignored, idle} = applyIgnores(diagnostics, ignores, (code) => off.includes(code))
  return {kept: kept.length, ignored, idle: idle.map(({code, message}) => `${code}: ${message}`)}
}

describe('applyIgnores', () => {
  it('reaches every line from the first to the last, however many they are', () => {
    for (const [from, to] of [
      [1, 1],
      [63, 64],
      [64, 64],
      [10, 200],
      [60, 130],
    ] as const) {
      const hits = [from - 1, from, Math.floor((from + to) / 2), to, to + 1].map(
        (line) => apply([unused(line)], [lines(from, to, 'method-unused')]).ignored,
      )
      assert.deepEqual(hits, [0, 1, 1, 1, 0])
    }
  })

  it('takes no longer for thousands of ignores than for one', () => {
    const numbers = Array.from({length: 10_000}, (_, index) => index + 1)
    const ignores = numbers.map((line) => lines(line, line, 'method-unused'))
    assert.deepEqual(
      apply(
        numbers.map((line) => unused(line)),
        ignores,
      ),
      {
        kept: 0,
        ignored: 10_000,
        idle: [],
      },
    )
  })

  it('keeps everything where nothing is ignored', () => {
    assert.deepEqual(apply([unused(1)], []), {kept: 1, ignored: 0, idle: []})
  })

  it('leaves out the codes of a range of lines in one file', () => {
    const wish = lines(3, 5, 'method-unused', 'affinity-wins')
    assert.deepEqual(
      apply([unused(2), unused(3), unused(5), unused(6), unused(4, 'b.yaml'), unused()], [wish]),
      {
        kept: 4,
        ignored: 2,
        idle: ['ignore-unused: this ignore has no effect: there is no affinity-wins here'],
      },
    )
  })

  it('leaves out everything where no code is named, and tells when that is nothing', () => {
    assert.deepEqual(apply([unused(1)], [lines(1, 1)]), {kept: 0, ignored: 1, idle: []})
    assert.deepEqual(apply([unused(2)], [lines(1, 1)]), {
      kept: 1,
      ignored: 0,
      idle: ['ignore-unused: this ignore has no effect: there is no finding here'],
    })
  })

  it('leaves out codes of one object, and tells of codes that do not exist', () => {
    const ignores = annotatedIgnores([service, aService('other').build()])
    assert.deepEqual(apply([unused(1), unused()], ignores), {
      kept: 0,
      ignored: 2,
      idle: ['ignore-unknown: "nonsense" is not the code of a finding'],
    })
    const [, idle] = applyIgnores([], ignores, () => false).idle
    assert.deepEqual(idle?.field, ['metadata', 'annotations', 'check.lbex/ignore'])
  })

  it('calls no ignore idle whose code is switched off', () => {
    assert.deepEqual(apply([], [lines(1, 1, 'method-unused')], ['method-unused']).idle, [])
  })

  it('calls no ignore idle when findings of its file or object are not listed', () => {
    const args = {code: 'method-unused', count: 3, listed: 50}
    const rest = {...diagnose('findings-not-listed', {subject: service, args}), location: at(1)}
    assert.deepEqual(apply([rest], [lines(9, 9, 'method-unused')]).idle, [])
    assert.deepEqual(apply([rest], annotatedIgnores([service])).idle, [])
    assert.equal(apply([{...rest, location: at(1, 'b.yaml')}], [lines(9, 9, 'method-unused')]).idle.length, 1)
  })
})
