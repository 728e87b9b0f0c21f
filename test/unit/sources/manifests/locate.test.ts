import assert from 'node:assert/strict'
import type {Diagnostic, Origin} from '../../../../src/diagnostics/diagnostic.js'
import {locateDiagnostics} from '../../../../src/sources/manifests/locate.js'
import {PlacedDocument} from '../../../../src/sources/manifests/placed-document.js'
import {range} from './support.js'

const TEXT = 'items:\n- metadata:\n    name: a\n    annotations: {x: y}\n- metadata: {}\n'
const placed = new PlacedDocument('a.yaml', {text: TEXT, line: 11, column: 1})
const find = (origin: Origin) => (origin.file === 'a.yaml' && origin.document === 4 ? placed : undefined)

function finding(rest: Partial<Diagnostic>): Diagnostic {
  return {
    code: 'invalid-field',
    severity: 'error',
    message: 'm',
    object: {kind: 'Service', name: 'a'},
    ...rest,
  }
}

const first: Origin = {file: 'a.yaml', document: 4, path: ['items', 0]}
const second: Origin = {file: 'a.yaml', document: 4, path: ['items', 1]}

describe('locateDiagnostics', () => {
  const cases: [what: string, diagnostic: Diagnostic, where: string][] = [
    ['a value', finding({origin: first, field: ['metadata', 'annotations', 'x']}), '14:22-14:23'],
    ['a key', finding({origin: first, field: ['metadata', 'annotations', 'x'], on: 'key'}), '14:19-14:20'],
    ['an object as a whole at its name', finding({origin: first}), '13:11-13:12'],
    ['an object without a name where it should be', finding({origin: second}), '15:3-15:11'],
    ['nothing without an origin', finding({field: ['metadata']}), 'nowhere'],
    ['nothing in a document that is not there', finding({origin: {...first, document: 5}}), 'nowhere'],
    [
      'nothing again',
      finding({origin: first, location: {file: 'b', line: 1, column: 2, endLine: 3, endColumn: 4}}),
      '1:2-3:4',
    ],
  ]
  for (const [what, diagnostic, where] of cases) {
    it(`locates ${what}`, () => {
      const [located] = locateDiagnostics([diagnostic], find)
      const {location, ...rest} = located ?? {}
      const {location: _, ...expected} = diagnostic
      assert.equal(range(location), where)
      assert.deepEqual(rest, expected)
    })
  }

  it('locates related findings', () => {
    const object = {kind: 'Service', name: 'b'}
    const related = [
      {message: 'see', object, origin: second, field: ['metadata']},
      {message: 'and', object},
    ]
    const [located] = locateDiagnostics([finding({related})], find)
    assert.deepEqual(
      located?.related?.map(({location}) => range(location)),
      ['15:13-15:15', 'nowhere'],
    )
    assert.equal(located?.location, undefined)
  })

  it('does not modify its input', () => {
    const diagnostic = Object.freeze(finding({origin: first}))
    assert.notEqual(locateDiagnostics([diagnostic], find)[0], diagnostic)
    assert.equal(diagnostic.location, undefined)
  })
})
