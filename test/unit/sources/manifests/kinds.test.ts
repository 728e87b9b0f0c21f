import assert from 'node:assert/strict'
import {isOfOtherKind, kindOf, listDefaults} from '../../../../src/sources/manifests/kinds.js'
import {fieldOf} from './support.js'

const SLICES = 'discovery.k8s.io/v1'

describe('kindOf', () => {
  const cases: [value: unknown, kind: string | undefined][] = [
    [{apiVersion: 'v1', kind: 'Service'}, 'Service'],
    [{apiVersion: 'v1', kind: 'Endpoints'}, 'Endpoints'],
    [{apiVersion: 'v1', kind: 'Node'}, 'Node'],
    [{apiVersion: SLICES, kind: 'EndpointSlice'}, 'EndpointSlice'],
    [{apiVersion: 'discovery.k8s.io/v1beta1', kind: 'EndpointSlice'}, 'EndpointSlice'],
    [{kind: 'Service'}, 'Service'],
    [{apiVersion: 'v2', kind: 'Service'}, 'Service'],
    [{apiVersion: 1, kind: 'Service'}, 'Service'],
    [{apiVersion: 'serving.knative.dev/v1', kind: 'Service'}, undefined],
    [{apiVersion: 'discovery.k8s.io/v2', kind: 'EndpointSlice'}, undefined],
    [{apiVersion: 'v1', kind: 'Pod'}, undefined],
    [{apiVersion: 'v1', kind: 'toString'}, undefined],
    [{apiVersion: 'v1'}, undefined],
    [{kind: ['Service']}, undefined],
    ['Service', undefined],
    [null, undefined],
  ]
  for (const [value, kind] of cases) {
    it(`finds ${kind} in ${JSON.stringify(value)}`, () => assert.equal(kindOf(value)?.name, kind))
  }

  it('fills in what a List says for its members', () => {
    assert.equal(kindOf({}, {kind: 'Service', apiVersion: 'v1'})?.name, 'Service')
    assert.equal(kindOf({kind: 'Node'}, {kind: 'Service', apiVersion: 'v1'})?.name, 'Node')
    assert.equal(kindOf({apiVersion: 'x/v1'}, {kind: 'Service', apiVersion: 'v1'}), undefined)
  })
})

describe('listDefaults', () => {
  const cases: [value: unknown, defaults: object | undefined][] = [
    [{apiVersion: 'v1', kind: 'List'}, {}],
    [{kind: 'List'}, {}],
    [
      {apiVersion: 'v1', kind: 'ServiceList'},
      {kind: 'Service', apiVersion: 'v1'},
    ],
    [
      {apiVersion: 'v1', kind: 'EndpointsList'},
      {kind: 'Endpoints', apiVersion: 'v1'},
    ],
    [
      {apiVersion: 'v1', kind: 'NodeList'},
      {kind: 'Node', apiVersion: 'v1'},
    ],
    [
      {apiVersion: SLICES, kind: 'EndpointSliceList'},
      {kind: 'EndpointSlice', apiVersion: SLICES},
    ],
    [{apiVersion: 'serving.knative.dev/v1', kind: 'ServiceList'}, undefined],
    [{kind: 'ServiceList'}, undefined],
    [{apiVersion: 'v1', kind: 'PodList'}, undefined],
    [{apiVersion: 'x/v1', kind: 'List'}, undefined],
    [{apiVersion: 'v1', kind: 'Service'}, undefined],
    [['List'], undefined],
  ]
  for (const [value, defaults] of cases) {
    it(`knows ${JSON.stringify(value)}`, () => assert.deepEqual(listDefaults(value), defaults))
  }
})

describe('isOfOtherKind', () => {
  const cases: [text: string, other: boolean][] = [
    ['apiVersion: apps/v1\nkind: Deployment\n', true],
    ['kind: "Deployment" # comment\r\nspec:\r\n', true],
    ['kind: Deployment\nitems:\n  - kind: Service\n', true],
    ['kind: Service\n', false],
    ['kind: EndpointSliceList\n', false],
    ['kind: List\n', false],
    ['kind: Deployment\nkind: Service\n', false],
    ['kind: &k Deployment\n', false],
    ['{kind: Deployment}\n', false],
    ['"kind": Deployment\n', false],
    ['  kind: Deployment\n', false],
    ['a: b\n', false],
    ['', false],
  ]
  for (const [text, other] of cases) {
    it(`is ${other} for ${JSON.stringify(text)}`, () => assert.equal(isOfOtherKind(text), other))
  }
})

describe('ManifestKind.open', () => {
  const origin = {file: 'a.yaml', document: 0, path: []}

  it('names the object and puts it into the list of its kind', () => {
    const {field} = fieldOf('{apiVersion: v1, kind: Node, metadata: {name: a}}')
    const opened = kindOf(field.value)?.open(field.value, origin)
    const about = {ref: {kind: 'Node', name: 'a'}, origin}
    assert.deepEqual(opened?.subject, about)
    assert.deepEqual(opened?.project(field, []), {nodes: [{...about, labels: {}, addresses: [], taints: []}]})
  })

  it('gives slices of Endpoints the name of the object as their Service', () => {
    const {field} = fieldOf(
      '{kind: Endpoints, metadata: {name: a, namespace: b}, subsets: [{addresses: [{ip: 10.0.0.1}]}]}',
    )
    const {subject, project} = kindOf(field.value)!.open(field.value, origin)
    assert.deepEqual(project(field, []), {
      endpoints: [
        {
          ...subject,
          serviceName: 'a',
          addressType: 'IPv4',
          endpoints: [{addresses: ['10.0.0.1'], conditions: {ready: true}}],
          ports: [],
        },
      ],
    })
  })
})
