import assert from 'node:assert/strict'
import fc from 'fast-check'
import {ANNOTATION_ENTRIES, ANNOTATIONS, CLASS_VALUE} from '../../../../src/core/intent/annotations.js'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {annotationsInUse, EXCLUDE_LABEL, nodeLabelsInUse} from '../../../../src/core/cluster/in-use.js'
import {aService, options} from '../../../support/builders.js'
import {check} from '../../../property/check.js'

describe('annotationsInUse', () => {
  it('keeps only what may be for lbex', () => {
    const ours = {
      [ANNOTATIONS.class.key]: 'another-class',
      'kubernetes.io/loadbalancer-clas': CLASS_VALUE,
      'loadbalancer.lbx/algorithm': 'least_conn',
      'prefix.lbex/thing': '',
    }
    const others = {'meta.helm.sh/release-name': 'web', 'example.com/balancer': 'true'}
    assert.deepEqual(annotationsInUse({...others, ...ours}), ours)
  })

  it('does not keep the original object in memory', () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration'
    const text = JSON.stringify({metadata: {annotations: {[ANNOTATIONS.class.key]: CLASS_VALUE}}})
    assert.deepEqual(annotationsInUse({[key]: text.padEnd(1000)}), {})
  })

  it('truncates a value that is longer than any valid value', () => {
    const key = ANNOTATIONS.resolver.key
    assert.deepEqual(annotationsInUse({[key]: '1'.repeat(2 ** 20)}), {[key]: '1'.repeat(264)})
  })

  it('keeps source ranges whole: a part of them could be a wider range', () => {
    const ranges = Array.from({length: 100}, (_, index) => `10.0.${index}.0/24`).join()
    for (const key of [
      'loadbalancer.lbex/source-ranges',
      'service.beta.kubernetes.io/load-balancer-source-ranges',
    ])
      assert.deepEqual(annotationsInUse({[key]: ranges}), {[key]: ranges})
  })

  it('keeps host names whole: the last one could become another name', () => {
    const hosts = Array.from({length: 100}, (_, index) => `h${index}.example.com`).join()
    for (const key of ['loadbalancer.lbex/hosts', 'loadbalancer.lbex/hosts.https'])
      assert.deepEqual(annotationsInUse({[key]: hosts}), {[key]: hosts})
  })

  it('does not change what is read of a Service or reported about it', () => {
    const keys = ANNOTATION_ENTRIES.map(({key}) => key)
    const near = fc
      .tuple(fc.constantFrom(...keys), fc.nat(30), fc.constantFrom('', 'x', '-', '.lbex/'))
      .map(([key, at, text]) => key.slice(0, at) + text + key.slice(at + 1))
    const key = fc.oneof(fc.constantFrom(...keys), near, fc.string())
    const value = fc.oneof(fc.constantFrom(CLASS_VALUE, 'loadbalancer-lbx', 'pod', '80'), fc.string())
    check(
      fc.property(fc.dictionary(key, value), (annotations) => {
        const service = aService('a').port('http', 80).build()
        const [all, used] = [annotations, annotationsInUse(annotations)].map((each) =>
          readIntent({...service, annotations: each}, options()),
        )
        assert.deepEqual(used?.diagnostics, all?.diagnostics)
        assert.equal(used?.intent?.ports.length, all?.intent?.ports.length)
      }),
      1000,
    )
  })
})

describe('nodeLabelsInUse', () => {
  it('keeps the label that affects traffic', () => {
    const labels = {'kubernetes.io/hostname': 'a', [EXCLUDE_LABEL]: ''}
    assert.deepEqual(nodeLabelsInUse(labels), {[EXCLUDE_LABEL]: ''})
    assert.deepEqual(nodeLabelsInUse({}), {})
  })
})
