import assert from 'node:assert/strict'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS, type IntentOptions} from '../../../../src/core/intent/options.js'
import {aService} from '../../../support/builders.js'
import {findings} from '../../../support/outline.js'

const ANNOTATION = 'kubernetes.io/loadbalancer-class'
const bare = aService('web').notOurs().port('http', 80).port('https', 443)
const balanced = bare.with({type: 'LoadBalancer'})
const ofClass = (name: string) => balanced.with({loadBalancerClass: name})

function read(service: typeof bare, options: Partial<IntentOptions> = {}) {
  const {intent, diagnostics} = readIntent(service.build(), {...DEFAULT_INTENT_OPTIONS, ...options})
  return {listenPorts: intent?.ports.map(({listenPort}) => listenPort), found: findings(diagnostics)}
}

describe('the class of a Service', () => {
  it('makes lbex its load balancer: it listens on the ports of the Service', () => {
    assert.deepEqual(read(ofClass('loadbalancer-lbex')), {listenPorts: [80, 443], found: []})
  })

  it('lets annotations set other listen ports', () => {
    const service = ofClass('loadbalancer-lbex').listening({https: 8443})
    assert.deepEqual(read(service), {listenPorts: [80, 8443], found: []})
  })

  it('requires listen ports if only the annotation selects lbex', () => {
    const annotated = balanced.annotated({[ANNOTATION]: 'loadbalancer-lbex'})
    assert.deepEqual(read(annotated), {
      listenPorts: [],
      found: ['error port-missing metadata.annotations', 'warning class-foreign spec.type'],
    })
  })

  it('is the one of --class, in the field and in the annotation', () => {
    const edge = {className: 'example.com/edge'}
    assert.deepEqual(read(ofClass('example.com/edge'), edge).listenPorts, [80, 443])
    assert.deepEqual(
      read(bare.annotated({[ANNOTATION]: 'example.com/edge'}).listening({http: 8080}), edge).listenPorts,
      [8080],
    )
    for (const other of [
      ofClass('loadbalancer-lbex'),
      bare.annotated({[ANNOTATION]: 'loadbalancer-lbex'}).listening({http: 8080}),
    ])
      assert.deepEqual(read(other, edge), {listenPorts: undefined, found: []})
  })

  it('is reported if it is nearly the one of --class', () => {
    const {listenPorts, found} = read(ofClass('example.com/edgy'), {className: 'example.com/edge'})
    assert.deepEqual(
      {listenPorts, found},
      {
        listenPorts: undefined,
        found: ['warning class-misspelt spec.loadBalancerClass'],
      },
    )
  })

  it('is not needed with --default-load-balancer', () => {
    const options = {defaultLoadBalancer: true}
    assert.deepEqual(read(balanced, options), {listenPorts: [80, 443], found: []})
    assert.equal(read(balanced).listenPorts, undefined)
    assert.equal(read(bare, options).listenPorts, undefined)
    assert.equal(read(ofClass('example.com/other'), options).listenPorts, undefined)
    assert.equal(read(balanced.annotated({[ANNOTATION]: 'edge'}), options).listenPorts, undefined)
  })
})
