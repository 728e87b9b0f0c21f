import assert from 'node:assert/strict'
import {describeField, describeObject} from '../../../../src/diagnostics/diagnostic.js'
import {locateDiagnostics} from '../../../../src/sources/manifests/locate.js'
import {PlacedDocument} from '../../../../src/sources/manifests/placed-document.js'
import {readDocument, type DocumentContents} from '../../../../src/sources/manifests/read-document.js'
import type {MemberDefaults} from '../../../../src/sources/manifests/kinds.js'
import {range, SERVICE} from './support.js'

function read(
  text: string,
  defaults?: MemberDefaults,
): {contents: DocumentContents; names: string[]; found: string[]} {
  const placed = new PlacedDocument('a.yaml', {text, line: 1, column: 1})
  const contents = readDocument(placed, 3, defaults)
  const found = locateDiagnostics(contents.diagnostics, () => placed).map(
    ({code, object, field = [], message, location}) =>
      `${range(location)} ${code} ${describeObject(object)} ${describeField(field)}: ${message}`,
  )
  return {contents, found, names: contents.objects.map(({subject}) => describeObject(subject.ref))}
}

describe('readDocument', () => {
  it('reads an object with its origin', () => {
    const {contents, found} = read(SERVICE)
    const subject = {
      ref: {kind: 'Service', namespace: 'default', name: 'ntp'},
      origin: {file: 'a.yaml', document: 3, path: []},
    }
    const service = {
      ...subject,
      annotations: {},
      type: 'ClusterIP',
      ports: [{name: '', protocol: 'TCP', port: 123}],
      clusterIPs: [],
      ipFamilies: [],
      hasSelector: false,
    }
    assert.deepEqual(contents.objects, [{subject, lists: {services: [service]}}])
    assert.deepEqual(found, [])
  })

  for (const text of [
    '',
    '# nothing\n',
    '---\n',
    'null\n',
    'kind: Pod\n',
    'a: b\n',
    '{"kind": "Pod"}',
    '{}',
  ]) {
    it(`skips ${JSON.stringify(text)}`, () =>
      assert.deepEqual(read(text).contents, {objects: [], diagnostics: []}))
  }

  for (const [text, actual, where] of [
    ['just text\n', 'the string just text', '1:1-1:10'],
    ['--- 42\n', 'the number 42', '1:5-1:7'],
    ['# list\n- a\n- b\n', 'a list', '2:1-3:4'],
    ['[{"kind": "Service"}]', 'a list', '1:1-1:22'],
  ] as const) {
    it(`reports ${JSON.stringify(text)} as something other than an object`, () => {
      assert.deepEqual(read(text).found, [
        `${where} wrong-type File a.yaml : must be a Kubernetes object, but this is ${actual}`,
      ])
    })
  }

  it('reports a syntax error', () => {
    const {contents, found} = read('kind: Service\nmetadata:\n  name: a\n name: b\n')
    assert.deepEqual(contents.objects, [])
    assert.deepEqual(found, [
      '4:1-4:2 yaml-syntax File a.yaml : not valid YAML: all mapping items must start at the same column',
    ])
  })

  it('marks a Service that the API server would refuse', () => {
    const {contents} = read(SERVICE.replace('123', '70000'))
    assert.equal(contents.objects[0]?.lists.services?.[0]?.refused, true)
    assert.equal('refused' in (read(SERVICE).contents.objects[0]?.lists.services?.[0] ?? {}), false)
  })

  it('reports duplicate keys on the object, at the last of them', () => {
    const {contents, found} = read(`${SERVICE}      port: 124\n`)
    assert.deepEqual(found, [
      '8:7-8:11 duplicate-key Service default/ntp spec.ports[0].port: duplicate key "port" in one mapping',
    ])
    assert.equal(range(contents.diagnostics[0]?.related?.[0]?.location), '7:7-7:11')
    const [service] = contents.objects[0]?.lists.services ?? []
    assert.deepEqual([service?.refused, service?.ports[0]?.port], [true, 124])
  })

  it('does not report duplicate keys in other objects', () => {
    assert.deepEqual(read('a: 1\na: 2\n').found, [])
    assert.deepEqual(read('kind: List\nitems:\n- {kind: Pod, a: 1, a: 2}\n').found, [])
  })

  describe('apiVersion', () => {
    for (const [line, found] of [
      [
        '',
        ['1:1-1:5 missing-field Service default/ntp apiVersion: the required field apiVersion is missing'],
      ],
      [
        'apiVersion: v2\n',
        ['1:13-1:15 invalid-field Service default/ntp apiVersion: must be v1 for a Service, this is "v2"'],
      ],
      [
        'apiVersion: 1\n',
        [
          '1:13-1:14 wrong-type Service default/ntp apiVersion: must be a string, but this is the number 1',
          '1:13-1:14 invalid-field Service default/ntp apiVersion: must be v1 for a Service, this is "1"',
        ],
      ],
    ] as const) {
      it(`is checked: ${JSON.stringify(line)}`, () => {
        const result = read(SERVICE.replace('apiVersion: v1\n', line))
        assert.deepEqual(result.found, found)
        assert.deepEqual(result.names, ['Service default/ntp'])
      })
    }

    it('of another group is another kind', () => {
      const {contents} = read(SERVICE.replace('v1', 'serving.knative.dev/v1'))
      assert.deepEqual(contents, {objects: [], diagnostics: []})
    })
  })

  describe('a List', () => {
    it('is read with its members of every kind, with their paths', () => {
      const {contents, names, found} = read(`
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 0}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: b}}
- {apiVersion: v1, kind: Node, metadata: {name: c}}
- apiVersion: v1
  kind: List
  items: [{apiVersion: v1, kind: Node, metadata: {name: d}}]
-
- text
`)
      assert.deepEqual(names, ['Service default/a', 'Node c', 'Node d'])
      assert.deepEqual(
        contents.objects.map(({subject}) => subject.origin?.path),
        [
          ['items', 0],
          ['items', 2],
          ['items', 3, 'items', 0],
        ],
      )
      assert.deepEqual(found, [
        '5:78-5:79 invalid-field Service default/a spec.ports[0].port: must be from 1 to 65535, this is 0',
        '12:3-12:7 wrong-type File a.yaml items[5]: must be a Kubernetes object, but this is the string text',
      ])
    })

    it('of one kind gives its members their kind', () => {
      const {names, found} = read(
        '{apiVersion: v1, kind: NodeList, items: [{metadata: {name: a}}, {kind: Pod}]}',
      )
      assert.deepEqual([names, found], [['Node a'], []])
    })

    it('in JSON is split into members, with the kind that they inherit', () => {
      const {names, found} = read('{"metadata": {"name": "a"}}', {kind: 'Node', apiVersion: 'v1'})
      assert.deepEqual([names, found], [['Node a'], []])
    })

    it('reports its own duplicate keys, and those of its members on them', () => {
      const {found, names} = read(
        'kind: List\nitems: []\nitems:\n- {kind: Node, apiVersion: v1, metadata: {name: a, name: b}}\n',
      )
      assert.deepEqual(names, ['Node b'])
      assert.deepEqual(found, [
        '3:1-3:6 duplicate-key File a.yaml items: duplicate key "items" in one mapping',
        '4:52-4:56 duplicate-key Node b metadata.name: duplicate key "name" in one mapping',
      ])
    })

    it('whose items are not a list is reported', () => {
      assert.deepEqual(read('kind: List\nitems: {a: b}\n').found, [
        '2:8-2:14 wrong-type File a.yaml items: must be a list, but this is a mapping',
      ])
    })

    it('without items is empty', () =>
      assert.deepEqual(read('kind: List\n').contents, {objects: [], diagnostics: []}))

    it('that contains itself is read once', () => {
      const {names, found} = read(
        'kind: List\nitems: &items\n- {apiVersion: v1, kind: Node, metadata: {name: a}}\n- {kind: List, items: *items}\n',
      )
      assert.deepEqual([names, found], [['Node a', 'Node a'], []])
    })
  })
})
