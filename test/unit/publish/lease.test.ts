import assert from 'node:assert/strict'
import {leaseWith, microTime, nameFor, newLease, readLease} from '../../../src/publish/lease.js'

const SPEC = {
  ...{holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 3},
  ...{acquireTime: '2030-01-31T12:00:00.000000Z', renewTime: '2030-01-31T12:00:10.000000Z'},
}

describe('publish/lease', () => {
  it('reads what it wrote', () => {
    const object = newLease({namespace: 'lbex', name: 'one'}, SPEC, {labels: {group: 'one'}})
    const {spec, labels, annotations} = readLease(object as Record<string, unknown>)
    assert.deepEqual([spec, labels, annotations], [SPEC, {group: 'one'}, {}])
    assert.deepEqual(object, {
      ...{apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: SPEC},
      metadata: {namespace: 'lbex', name: 'one', labels: {group: 'one'}},
    })
  })

  for (const object of [
    {},
    {metadata: null, spec: null},
    {metadata: [], spec: 'x'},
    {spec: {holderIdentity: 1}},
  ]) {
    it(`reads nothing from ${JSON.stringify(object)}`, () => {
      const {spec, labels, annotations} = readLease(object)
      assert.deepEqual([spec, labels, annotations], [{}, {}, {}])
    })
  }

  it('keeps unknown fields and metadata', () => {
    const metadata = {name: 'one', resourceVersion: '7'}
    const stored = readLease({metadata, spec: {preferredHolder: 'b', holderIdentity: 'b'}})
    const {spec, metadata: kept} = leaseWith(stored, SPEC) as {spec: object; metadata: object}
    assert.deepEqual([spec, kept], [{...SPEC, preferredHolder: 'b'}, metadata])
  })

  it('writes times with microseconds', () => {
    assert.equal(microTime(1_000_000_000_123), '2001-09-09T01:46:40.123000Z')
  })

  it('creates valid, bounded, unique and stable names for any text', () => {
    const texts = [
      '',
      '-',
      'Host.Example.COM',
      'host-example-com',
      'x'.repeat(300),
      'ä/ö',
      `${'x'.repeat(300)}y`,
    ]
    const names = texts.map((text) => nameFor(text))
    for (const name of names) assert.match(name, /^[a-z0-9]([a-z0-9-]{0,37}[a-z0-9])?$/)
    assert.equal(new Set(names).size, texts.length)
    assert.deepEqual(
      texts.map((text) => nameFor(text)),
      names,
    )
    assert.notEqual(nameFor('a', 'one'), nameFor('a', 'two'))
    assert.match(nameFor('Host.Example.COM'), /^host-example-com-[0-9a-f]{10}$/)
  })
})
