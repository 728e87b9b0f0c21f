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
  const {kept, ignored, unused} = applyIgnores(diagnostics, ignores, (code) => off.includes(code))
  return {kept: kept.length, ignored, unused: unused.map(({code, message}) => `${code}: ${message}`)}
}

describe('applyIgnores', () => {
  it('covers all lines from the first to the last', () => {
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

  it('is fast with thousands of ignores', () => {
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
        unused: [],
      },
    )
  })

  it('keeps everything if there are no ignores', () => {
    assert.deepEqual(apply([unused(1)], []), {kept: 1, ignored: 0, unused: []})
  })

  it('removes codes in a range of lines of one file', () => {
    const ignore = lines(3, 5, 'method-unused', 'affinity-wins')
    assert.deepEqual(
      apply([unused(2), unused(3), unused(5), unused(6), unused(4, 'b.yaml'), unused()], [ignore]),
      {
        kept: 4,
        ignored: 2,
        unused: ['ignore-unused: this ignore has no effect: there is no affinity-wins here'],
      },
    )
  })

  it('removes everything if no code is named, and reports an ignore that matches nothing', () => {
    assert.deepEqual(apply([unused(1)], [lines(1, 1)]), {kept: 0, ignored: 1, unused: []})
    assert.deepEqual(apply([unused(2)], [lines(1, 1)]), {
      kept: 1,
      ignored: 0,
      unused: ['ignore-unused: this ignore has no effect: there is no finding here'],
    })
  })

  it('removes codes of one object, and reports unknown codes', () => {
    const ignores = annotatedIgnores([service, aService('other').build()])
    assert.deepEqual(apply([unused(1), unused()], ignores), {
      kept: 0,
      ignored: 2,
      unused: ['ignore-unknown: "nonsense" is not the code of a finding'],
    })
    const [, second] = applyIgnores([], ignores, () => false).unused
    assert.deepEqual(second?.field, ['metadata', 'annotations', 'check.lbex/ignore'])
  })

  it('does not report an ignore as unused if its code is switched off', () => {
    assert.deepEqual(apply([], [lines(1, 1, 'method-unused')], ['method-unused']).unused, [])
  })

  it('does not report an ignore as unused if findings of its file or object are not listed', () => {
    const args = {code: 'method-unused', count: 3, listed: 50}
    const rest = {...diagnose('findings-not-listed', {subject: service, args}), location: at(1)}
    assert.deepEqual(apply([rest], [lines(9, 9, 'method-unused')]).unused, [])
    assert.deepEqual(apply([rest], annotatedIgnores([service])).unused, [])
    assert.equal(
      apply([{...rest, location: at(1, 'b.yaml')}], [lines(9, 9, 'method-unused')]).unused.length,
      1,
    )
  })
})
