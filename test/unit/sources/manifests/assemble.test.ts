import assert from 'node:assert/strict'
import {assemble} from '../../../../src/sources/manifests/assemble.js'
import {readManifest} from '../../../../src/sources/manifests/manifest-file.js'
import {range, SERVICE} from './support.js'

const NODE = 'apiVersion: v1\nkind: Node\nmetadata: {name: a}\n'
const SLICE = 'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\naddressType: IPv4\n'
const ENDPOINTS =
  'apiVersion: v1\nkind: Endpoints\nmetadata: {name: a}\nsubsets: [{addresses: [{ip: 10.0.0.1}]}]\n'

describe('assemble', () => {
  it('puts every object into its list, in the order of the files', () => {
    const files = [
      readManifest('a.yaml', `${SERVICE}---\n${NODE}`),
      readManifest('b.yaml', `${SLICE}---\n${SERVICE.replace('ntp', 'http')}---\n${ENDPOINTS}`),
    ]
    const {snapshot, diagnostics} = assemble(files, 'complete')
    assert.deepEqual(
      snapshot.services.map(({ref}) => ref.name),
      ['ntp', 'http'],
    )
    assert.deepEqual(
      [snapshot.nodes, snapshot.endpointSlices, snapshot.endpoints].map((list) =>
        list.map(({ref}) => ref.kind),
      ),
      [['Node'], ['EndpointSlice'], ['Endpoints']],
    )
    assert.deepEqual(diagnostics, [])
  })

  describe('coverage', () => {
    const cover = (text: string, mode: 'complete' | 'partial') =>
      assemble([readManifest('a.yaml', text)], mode).snapshot.coverage

    it('is complete if the files are the whole cluster', () => {
      assert.deepEqual(cover('', 'complete'), {nodes: true, endpointSlices: true, allocations: true})
    })
    it('has no Nodes for manifests without any', () => {
      assert.deepEqual(cover(`${SERVICE}---\n${SLICE}`, 'partial'), {
        nodes: false,
        endpointSlices: false,
        allocations: false,
        unknownSecrets: true,
      })
    })
    it('has all Nodes if there is one', () => {
      assert.deepEqual(cover(NODE, 'partial'), {
        nodes: true,
        endpointSlices: false,
        allocations: false,
        unknownSecrets: true,
      })
    })
  })

  describe('an object that is defined twice', () => {
    const files = [
      readManifest('a.yaml', `${SERVICE}---\n${NODE}`),
      readManifest('b.yaml', SERVICE.replace('123', '124')),
      readManifest('c.yaml', SERVICE.replace('name: ntp', 'name: ntp\n  namespace: other')),
    ]
    const {snapshot, diagnostics, locate} = assemble(files, 'complete')

    it('has its last definition', () => {
      assert.deepEqual(
        snapshot.services.map(({ref, ports}) => [ref.namespace, ports[0]?.port]),
        [
          ['default', 124],
          ['other', 123],
        ],
      )
    })

    it('is reported there, with the previous definition', () => {
      const located = locate(diagnostics).map(({code, message, location, related}) => ({
        code,
        message,
        at: `${location?.file} ${range(location)}`,
        before: related?.map((place) => `${place.message}: ${place.location?.file} ${range(place.location)}`),
      }))
      assert.deepEqual(located, [
        {
          code: 'duplicate-object',
          message: 'Service default/ntp is defined more than once in the input; the last definition applies',
          at: 'b.yaml 4:9-4:12',
          before: ['previously defined here: a.yaml 4:9-4:12'],
        },
      ])
    })

    it('is a different object if its kind differs', () => {
      const {diagnostics: found} = assemble(
        [readManifest('a.yaml', `${SLICE}---\n${NODE}---\n${ENDPOINTS}`)],
        'complete',
      )
      assert.deepEqual(found, [])
    })

    it('is not recognised without a name', () => {
      const unnamed = SERVICE.replace('  name: ntp\n', '  namespace: default\n')
      const result = assemble([readManifest('a.yaml', `${unnamed}---\n${unnamed}`)], 'complete')
      assert.deepEqual(
        result.diagnostics.map(({code}) => code),
        ['missing-field', 'missing-field'],
      )
      assert.equal(result.snapshot.services.length, 2)
    })

    it('may be defined three times', () => {
      const result = assemble([readManifest('a.yaml', [NODE, NODE, NODE].join('---\n'))], 'complete')
      assert.equal(result.snapshot.nodes.length, 1)
      assert.deepEqual(
        result.locate(result.diagnostics).map(({location}) => location?.line),
        [7, 11],
      )
    })
  })

  it('locates only what its own files hold', () => {
    const {locate, snapshot} = assemble([readManifest('a.yaml', SERVICE)], 'complete')
    const [service] = snapshot.services
    const finding = {code: 'port-missing', severity: 'error', message: '', object: service!.ref} as const
    const origin = service?.origin
    const [here, elsewhere] = locate([
      {...finding, origin, field: ['spec']},
      {...finding, origin: {file: 'x.yaml', document: 0, path: []}},
    ])
    assert.equal(range(here?.location), '6:3-7:16')
    assert.equal(range(elsewhere?.location), 'nowhere')
  })
})
