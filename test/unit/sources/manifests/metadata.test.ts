import assert from 'node:assert/strict'
import {clusterRef, namespacedRef, readMetadata} from '../../../../src/sources/manifests/metadata.js'
import {labelProblem} from '../../../../src/sources/manifests/names.js'
import {fieldOf} from './support.js'

describe('namespacedRef and clusterRef', () => {
  const cases: [object: unknown, namespace: string, name: string][] = [
    [{metadata: {name: 'a', namespace: 'b'}}, 'b', 'a'],
    [{metadata: {name: 'a'}}, 'default', 'a'],
    [{metadata: {name: 'a', namespace: ''}}, 'default', 'a'],
    [{metadata: {name: 123, namespace: true}}, 'true', '123'],
    [{metadata: {name: ['a']}}, 'default', '(unnamed)'],
    [{metadata: 'text'}, 'default', '(unnamed)'],
    [{}, 'default', '(unnamed)'],
    ['text', 'default', '(unnamed)'],
  ]
  for (const [object, namespace, name] of cases) {
    it(`names ${JSON.stringify(object)}`, () => {
      assert.deepEqual(namespacedRef('Service', object), {kind: 'Service', namespace, name})
      assert.deepEqual(clusterRef('Node', object), {kind: 'Node', name})
    })
  }
})

describe('readMetadata', () => {
  it('reads labels, annotations, uid and times', () => {
    const {field, found} = fieldOf(`
      metadata:
        name: a.b
        namespace: ns
        uid: u
        labels: {app: x}
        annotations: {a.io/b: "1", empty: , text: ""}
        creationTimestamp: 2030-01-31T12:00:00Z
        deletionTimestamp: "2030-01-31T12:00:00.123456+02:00"`)
    assert.deepEqual(readMetadata(field), {
      labels: {app: 'x'},
      annotations: {'a.io/b': '1', empty: '', text: ''},
      uid: 'u',
      creationTimestamp: '2030-01-31T12:00:00Z',
      deletionTimestamp: '2030-01-31T12:00:00.123456+02:00',
    })
    assert.deepEqual(found(), [])
  })

  for (const text of ['{}', '{metadata: }', '{metadata: {name: }}', '{metadata: {name: ""}}']) {
    it(`reports the missing name in ${text}`, () => {
      const {field, found} = fieldOf(text)
      readMetadata(field)
      assert.deepEqual(found(), ['missing-field metadata.name: the required field metadata.name is missing'])
    })
  }

  it('checks the name by the rule of its kind, and the namespace', () => {
    const {field, found} = fieldOf('{metadata: {name: a.b, namespace: NS}}')
    readMetadata(field, labelProblem)
    const form =
      "must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
    assert.deepEqual(found(), [
      `invalid-field metadata.name: ${form}, this is "a.b"`,
      `invalid-field metadata.namespace: ${form}, this is "NS"`,
    ])
  })

  it('keeps the text of annotations that are not strings', () => {
    const {field, found} = fieldOf('{metadata: {name: a, annotations: {a: 8080, b: 0x1F, c: on, d: {x: 1}}}}')
    assert.deepEqual(readMetadata(field).annotations, {a: '8080', b: '0x1F', c: 'on', d: '{x: 1}'})
    const start = 'the value of an annotation must be a string, but this is'
    assert.deepEqual(found(), [
      `annotation-not-string metadata.annotations.a: ${start} the number 8080`,
      `annotation-not-string metadata.annotations.b: ${start} the number 0x1F`,
      `annotation-not-string metadata.annotations.c: ${start} the boolean on`,
      `annotation-not-string metadata.annotations.d: ${start} a mapping`,
    ])
  })

  it('refuses annotations that are too large for the API server, with a message of limited length', () => {
    const {field, found} = fieldOf(`{metadata: {name: a, annotations: {a: ${'x'.repeat(262_144)}}}}`)
    readMetadata(field)
    assert.deepEqual(found(), [
      'invalid-field metadata.annotations: must have at most 262144 bytes with their keys, these have 262145',
    ])
    const long = fieldOf(`{metadata: {name: a, namespace: n, annotations: {"${'x'.repeat(1000)}/y/z": ""}}}`)
    readMetadata(long.field)
    assert.ok(long.found().join('').length < 1300, long.found().join(''))
  })

  it('refuses keys of annotations that the API server rejects', () => {
    const {field, found} = fieldOf('{metadata: {name: a, annotations: {loadbalancer-port.lbex/: "80"}}}')
    assert.deepEqual(readMetadata(field).annotations, {'loadbalancer-port.lbex/': '80'})
    assert.deepEqual(found(), [
      "invalid-field metadata.annotations[\"loadbalancer-port.lbex/\"]: \"loadbalancer-port.lbex/\" must be NAME or DNS-PREFIX/NAME; NAME consists of alphanumeric characters, '-', '_' or '.', and starts and ends with an alphanumeric character",
    ])
  })

  for (const time of ['yesterday', '2030-01-31', '2030-13-31T12:00:00Z']) {
    it(`refuses the time ${time}`, () => {
      const {field, found} = fieldOf(`{metadata: {name: a, creationTimestamp: ${time}}}`)
      assert.equal(readMetadata(field).creationTimestamp, undefined)
      assert.deepEqual(found(), [
        `invalid-field metadata.creationTimestamp: must be a time like 2030-01-31T12:00:00Z, this is "${time}"`,
      ])
    })
  }

  it('treats metadata that is not a mapping as absent', () => {
    const {field, found} = fieldOf('{metadata: {name: a, labels: [x], annotations: text}}')
    const {labels, annotations} = readMetadata(field)
    assert.deepEqual([labels, annotations], [{}, {}])
    assert.deepEqual(found(), [
      'wrong-type metadata.labels: must be a mapping, but this is a list',
      'wrong-type metadata.annotations: must be a mapping, but this is the string text',
    ])
  })
})
