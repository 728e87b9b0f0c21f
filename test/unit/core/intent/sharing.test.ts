import assert from 'node:assert/strict'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {aService, options} from '../../../support/builders.js'

const two = aService('web').port('https', 443, {listen: 443}).port('dns', 53, {listen: 53, protocol: 'UDP'})
const one = aService('web').port('https', 443, {listen: 443})

/** The sharing of each exposed port, and the diagnostics with the keys of their annotations. */
function read(annotations: Readonly<Record<string, string>>, service = one) {
  const {intent, diagnostics} = readIntent(service.annotated(annotations).build(), options())
  const sharing = intent?.ports.map(({port, sharing}) => [
    port.name,
    sharing?.hosts?.names,
    sharing?.share && [sharing.share.group, sharing.share.weight, nameOf(sharing.share.field)],
  ])
  return [sharing, diagnostics.map(({code, field}) => `${code} ${nameOf(field)}`)]
}

/** A port that takes no connection. */
const NOTHING = ['https', [], undefined]

function nameOf(field: readonly (string | number)[] = []): string {
  return String(field[2]).replace('loadbalancer.lbex/', '')
}

describe('sharingReader', () => {
  it('reads nothing from a Service without annotations for it', () => {
    const {intent} = readIntent(one.build(), options())
    assert.equal('sharing' in (intent?.ports[0] ?? {}), false)
  })

  it('reads host names, each once', () => {
    assert.deepEqual(read({hosts: 'B.example, a.example ,*.c.example,b.example'}), [
      [['https', ['b.example', 'a.example', '*.c.example'], undefined]],
      ['host-repeated hosts'],
    ])
  })

  it('does not expose a port without a valid name, and skips invalid names of others', () => {
    assert.deepEqual(read({hosts: ''}), [[NOTHING], ['host-invalid hosts', 'hosts-empty hosts']])
    assert.deepEqual(read({hosts: 'a_b, c.example'}), [
      [['https', ['c.example'], undefined]],
      ['host-invalid hosts'],
    ])
  })

  it('does not expose a UDP port with host names', () => {
    const ports = [
      ['https', ['a.example'], undefined],
      ['dns', undefined, undefined],
    ]
    assert.deepEqual(read({hosts: 'a.example'}, two), [ports, ['guard-protocol hosts']])
    const {intent} = readIntent(two.annotated({hosts: 'a.example'}).build(), options())
    assert.deepEqual(
      intent?.ports.map(({closed}) => closed),
      [false, true],
    )
    assert.deepEqual(read({'hosts.https': 'a.example'}, two), [ports, []])
  })

  it('reads key and weight, of the Service or of a port', () => {
    assert.deepEqual(read({'shared-listener': 'shop', 'weight.dns': '0'}, two), [
      [
        ['https', undefined, ['default/shop', 1, 'shared-listener']],
        ['dns', undefined, ['default/shop', 0, 'weight.dns']],
      ],
      [],
    ])
  })

  it('does not expose a port whose key is not valid', () => {
    for (const key of ['', 'a b', '-a', 'a'.repeat(64)])
      assert.deepEqual(read({'shared-listener': key}), [
        [NOTHING],
        ['shared-listener-invalid shared-listener'],
      ])
  })

  it('uses the default for a weight that is not valid', () => {
    for (const weight of ['', '-1', '1001', '1.5', '01', '1e2', ' 1', '10%'])
      assert.deepEqual(read({'shared-listener': 'a', weight}), [
        [['https', undefined, ['default/a', 1, 'weight']]],
        ['setting-invalid weight'],
      ])
    assert.deepEqual(read({'shared-listener': 'a', weight: '1000'})[1], [])
  })

  it('reports a weight without an effect', () => {
    assert.deepEqual(read({weight: '5'}, two)[1], ['weight-unused weight'])
    assert.deepEqual(read({weight: '5', 'shared-listener.https': 'a'}, two)[1], [])
    assert.deepEqual(read({'weight.dns': '5', 'shared-listener.https': 'a'}, two)[1], [
      'weight-unused weight.dns',
    ])
  })
})
