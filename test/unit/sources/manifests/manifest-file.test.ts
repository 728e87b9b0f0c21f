import assert from 'node:assert/strict'
import {readManifest, type ManifestFile} from '../../../../src/sources/manifests/manifest-file.js'
import {SERVICE} from './support.js'

const node = (name: string): string => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n`
const nodes = ({documents}: ManifestFile) =>
  documents.flatMap(({contents}) => contents.objects.flatMap(({lists}) => lists.nodes ?? []))
const ids = ({documents}: ManifestFile): number[] => documents.map(({id}) => id)

describe('readManifest', () => {
  it('reads the documents of a file', () => {
    const file = readManifest('a.yaml', [node('a'), node('b')].join('---\n'))
    assert.deepEqual(
      nodes(file).map(({ref}) => ref.name),
      ['a', 'b'],
    )
    assert.deepEqual(ids(file), [0, 1])
    assert.deepEqual(file.diagnostics, [])
  })

  it('gives back the last reading when the text is the same', () => {
    const file = readManifest('a.yaml', node('a'))
    assert.equal(readManifest('a.yaml', node('a'), file), file)
  })

  it('keeps the objects of documents that did not change, wherever they move', () => {
    const before = readManifest('a.yaml', `${node('a')}---\n${node('b')}---\n${node('c')}`)
    const after = readManifest(
      'a.yaml',
      `${node('new')}---\n${node('c')}---\n${node('b')}---\n${node('b')}`,
      before,
    )
    const [a, b, c] = nodes(before)
    assert.deepEqual(
      nodes(after).map(({ref}) => ref.name),
      ['new', 'c', 'b', 'b'],
    )
    assert.ok(nodes(after)[1] !== a)
    assert.equal(nodes(after)[2], b)
    assert.equal(nodes(after)[1], c)
    assert.deepEqual(ids(after), [3, 2, 1, 4])
    assert.deepEqual(
      after.documents.map(({source}) => source.line),
      [1, 5, 10, 15],
    )
    assert.deepEqual(
      after.documents.map(({placed}) => placed.source.line),
      [1, 5, 10, 15],
    )
  })

  it('keeps findings about fields with the objects, and parses again for locations in the text', () => {
    const wrong = SERVICE.replace('123', '0')
    const double = `${SERVICE}  ports: [{port: 1}]\n`
    const before = readManifest('a.yaml', `---\n${wrong}---\n${double}---\na: [\n`)
    const after = readManifest('a.yaml', `${node('a')}---\n${wrong}---\n${double}---\na: [\n`, before)
    assert.deepEqual(
      after.diagnostics.map(({code, location}) => [code, location?.line]),
      [
        ['invalid-field', undefined],
        ['duplicate-key', 21],
        ['yaml-syntax', 23],
      ],
    )
    const [, kept, parsedAgain] = after.documents.map(({contents}) => contents)
    assert.equal(kept, before.documents[0]?.contents)
    assert.notEqual(parsedAgain, before.documents[1]?.contents)
  })

  it('keeps the members of a List in JSON that did not change', () => {
    const list = (...names: string[]): string =>
      JSON.stringify({
        kind: 'List',
        items: names.map((name) => ({apiVersion: 'v1', kind: 'Node', metadata: {name}})),
      })
    const before = readManifest('a.json', list('a', 'b'))
    const after = readManifest('a.json', list('new', 'b'), before)
    assert.deepEqual(
      nodes(after).map(({ref}) => ref.name),
      ['new', 'b'],
    )
    assert.equal(nodes(after)[1], nodes(before)[1])
  })

  it('does not mix up members of different Lists', () => {
    const list = (kind: string): string =>
      JSON.stringify({kind, apiVersion: 'v1', items: [{metadata: {name: 'a'}}]})
    const before = readManifest('a.json', list('NodeList'))
    const after = readManifest('a.json', list('EndpointsList'), before)
    assert.deepEqual(after.documents[0]?.contents.objects[0]?.subject.ref.kind, 'Endpoints')
  })

  it('reports bytes that are no text', () => {
    const file = readManifest('a.yaml', undefined)
    assert.deepEqual(file.diagnostics, [
      {
        code: 'yaml-syntax',
        severity: 'error',
        message: 'not valid YAML: the file is not text in UTF-8',
        object: {kind: 'File', name: 'a.yaml'},
        location: {file: 'a.yaml', line: 1, column: 1, endLine: 1, endColumn: 1},
      },
    ])
    assert.equal(readManifest('a.yaml', undefined, file), file)
  })
})
