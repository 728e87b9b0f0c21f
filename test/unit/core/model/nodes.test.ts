import assert from 'node:assert/strict'
import {createNodeViewer, EXCLUDED_BY_LABEL} from '../../../../src/core/model/nodes.js'
import {DEFAULT_MODEL_OPTIONS, type ModelOptions} from '../../../../src/core/model/options.js'
import {aNode} from '../../../support/builders.js'

type Builder = ReturnType<typeof aNode>
const LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers'

const defaults = DEFAULT_MODEL_OPTIONS
const including = {...defaults, includeExcludedNodes: true}
const view = (node: Builder, includeExcludedNodes = false, overrides: Partial<ModelOptions> = {}) =>
  createNodeViewer({...defaults, includeExcludedNodes, ...overrides})([node.build()]).all[0]
const eligible = (node: Builder, includeExcluded = false) => {
  const {excluded, ready} = view(node, includeExcluded) ?? {}
  return excluded ?? ready
}

describe('a node', () => {
  it('gets traffic if it is Ready', () => {
    assert.equal(eligible(aNode()), true)
    assert.equal(eligible(aNode().notReady()), false)
    assert.equal(eligible(aNode().lost()), false)
    const {ready: _, ...silent} = aNode().build()
    assert.equal(createNodeViewer(defaults)([silent]).all[0]?.ready, false)
  })

  it('gets no traffic while it is deleted, or if the autoscaler is about to delete it', () => {
    assert.equal(eligible(aNode().with({deletionTimestamp: '2026-01-01T00:00:00Z'})), 'being deleted')
    assert.equal(
      eligible(aNode().tainted('ToBeDeletedByClusterAutoscaler')),
      'taint ToBeDeletedByClusterAutoscaler',
    )
  })

  it('gets no traffic with the exclusion label, whatever its value, unless the operator includes such nodes', () => {
    for (const value of ['', 'true', 'false']) {
      assert.equal(eligible(aNode().labelled(LABEL, value)), EXCLUDED_BY_LABEL)
      assert.equal(eligible(aNode().labelled(LABEL, value), true), true)
    }
    assert.equal(
      eligible(aNode().labelled(LABEL).tainted('ToBeDeletedByClusterAutoscaler'), true),
      'taint ToBeDeletedByClusterAutoscaler',
    )
  })

  it('still gets traffic if it is cordoned, with or without the taint', () => {
    assert.equal(eligible(aNode().tainted('node.kubernetes.io/unschedulable')), true)
  })

  it('is reached at its first address of each type and family', () => {
    const node = aNode()
      .address('Hostname', 'a.example')
      .internal('a.example')
      .internal('10.0.0.1')
      .internal('10.0.0.2')
      .internal('10.0.0.1')
      .internal('FD00::0001')
      .external('203.0.113.1')
    assert.deepEqual(view(node), {
      name: 'a',
      subject: {ref: {kind: 'Node', name: 'a'}},
      ready: true,
      addresses: {
        internal: {IPv4: {usable: '10.0.0.1', count: 2}, IPv6: {usable: 'fd00::1', count: 1}},
        external: {IPv4: {usable: '203.0.113.1', count: 1}},
      },
    })
  })

  it('is reached at the first address that other hosts can reach', () => {
    const node = aNode()
      .internal('169.254.1.1')
      .internal('127.0.0.1')
      .internal('10.0.0.1')
      .internal('fe80::1')
      .internal('::1')
      .internal('fd00::1')
    assert.deepEqual(view(node)?.addresses.internal, {
      IPv4: {usable: '10.0.0.1', count: 1, refused: {address: '169.254.1.1', refusal: 'link-local'}},
      IPv6: {usable: 'fd00::1', count: 1, refused: {address: 'fe80::1', refusal: 'link-local'}},
    })
  })

  it('has no usable address if none is reachable, unless the operator allows local addresses', () => {
    const node = aNode().internal('127.0.0.1')
    assert.deepEqual(view(node)?.addresses.internal, {
      IPv4: {count: 0, refused: {address: '127.0.0.1', refusal: 'loopback'}},
    })
    assert.deepEqual(view(node, false, {allowLocalEndpoints: true})?.addresses.internal, {
      IPv4: {usable: '127.0.0.1', count: 1},
    })
  })
})

describe('createNodeViewer', () => {
  it('returns the nodes sorted by name, and by name, whatever their order', () => {
    const nodes = ['b', 'a', 'c'].map((name) => aNode(name).build())
    const views = createNodeViewer(defaults)(nodes)
    assert.deepEqual(
      views.all.map(({name}) => name),
      ['a', 'b', 'c'],
    )
    assert.equal(views.byName.get('b'), views.all[1])
    assert.deepEqual(createNodeViewer(defaults)([...nodes].reverse()), views)
  })

  it('caches the view of a node; viewers with other options have other views', () => {
    const [node, other] = [aNode().labelled(LABEL).build(), aNode('b').build()]
    const [excludes, includes] = [createNodeViewer(defaults), createNodeViewer(including)]
    const [first] = excludes([node]).all
    assert.equal(excludes([node, other]).all[0], first)
    assert.equal(includes([node]).all[0]?.excluded, undefined)
    assert.equal(excludes([node]).all[0]?.excluded, EXCLUDED_BY_LABEL)
  })
})

describe('the views of a viewer', () => {
  const areSame = (before: Builder[], after: Builder[]) => {
    const view = createNodeViewer(defaults)
    const [first, second] = [before, after].map((nodes) => view(nodes.map((node) => node.build())))
    return first === second
  }

  it('stay the same object after an irrelevant change', () => {
    assert.equal(areSame([aNode()], [aNode().labelled('zone', 'a').tainted('other')]), true)
  })

  it('are a new object after a relevant change', () => {
    const node = aNode().internal('10.0.0.1')
    for (const other of [
      node.notReady(),
      node.labelled(LABEL),
      aNode('b').internal('10.0.0.1'),
      aNode().internal('10.0.0.2'),
    ])
      assert.equal(areSame([node], [other]), false)
    assert.equal(areSame([node], [node, aNode('b')]), false)
    assert.equal(areSame([], []), true)
  })
})
