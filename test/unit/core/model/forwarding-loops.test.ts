import assert from 'node:assert/strict'
import {isHostAddress} from '../../../../src/core/model/address-policy.js'
import {DEFAULT_MODEL_OPTIONS} from '../../../../src/core/model/options.js'
import {ownListenerTest} from '../../../../src/core/model/forwarding-loops.js'
import {anEndpoint, aNode, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'
import {without, type TestOptions} from '../../../support/translate.js'

const addresses = new Set(['192.0.2.10', '2001:db8::10'])
const HOST = {host: {addresses}}
const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const api = aService('api').port('http', 80, {listen: 8081}).annotated({'upstream-type': 'pod'})
const slice = (name: string, port: number, ...addresses: string[]) =>
  aSlice(name)
    .port('http', port)
    .endpoints(...addresses.map((address) => anEndpoint(address)))
const outcomeOf = (parts: Parameters<typeof aSnapshot>[0], overrides: Partial<TestOptions> = HOST) =>
  outcome(aSnapshot(parts), options(overrides))
const skipped = (endpoint: string) =>
  `endpoint-is-listener: endpoint ${endpoint} is skipped: lbex itself listens there, so connections would loop`

describe('ownListenerTest', () => {
  const isOwnListener = (text: string, address: string, protocol: 'TCP' | 'UDP' = 'TCP') =>
    ownListenerTest([{address: text, port: 8080, protocol: 'TCP'}], {
      ...DEFAULT_MODEL_OPTIONS,
      hostAddresses: addresses,
    })({address, port: 8080, weight: 1, down: false}, protocol)

  it('finds a listener at its address', () => {
    assert.equal(isOwnListener('192.0.2.10', '192.0.2.10'), true)
    assert.equal(isOwnListener('192.0.2.10', '192.0.2.11'), false)
    assert.equal(isOwnListener('192.0.2.10', '192.0.2.10', 'UDP'), false)
  })

  it('finds a wildcard listener at every address of the host of its family', () => {
    for (const address of ['192.0.2.10', '127.0.0.1', '0.0.0.0'])
      assert.equal(isOwnListener('0.0.0.0', address), true)
    for (const address of ['192.0.2.11', '2001:db8::10', '::1'])
      assert.equal(isOwnListener('0.0.0.0', address), false)
    for (const address of ['2001:db8::10', '::1', '::']) assert.equal(isOwnListener('::', address), true)
  })

  it('finds a listener at an address that the host does not have yet', () => {
    const host = {hostAddresses: new Set<string>(), listenAddresses: {IPv4: ['192.0.2.99'], IPv6: []}}
    assert.equal(isHostAddress('192.0.2.99', host), true)
    assert.equal(isHostAddress('192.0.2.98', host), false)
  })
})

describe('an endpoint that is a listener of this lbex', () => {
  it('is skipped, whichever Service listens there', () => {
    const parts = [web, api, slice('web', 8081, '192.0.2.10', '10.1.0.1'), slice('api', 80, '10.1.0.2')]
    assert.deepEqual(outcomeOf(parts), {
      served: {
        'default/api': {'0.0.0.0:8081/TCP': ['10.1.0.2:80']},
        'default/web': {'0.0.0.0:8080/TCP': ['10.1.0.1:8081']},
      },
      messages: [skipped('192.0.2.10:8081')],
    })
  })

  it('closes the listener if there is no other', () => {
    assert.deepEqual(outcomeOf([web, slice('web', 8080, '192.0.2.10')]), {
      served: {},
      messages: [
        'no-backend: listen port 8080/TCP is closed: every endpoint is a listener of this lbex',
        skipped('192.0.2.10:8080'),
      ],
    })
  })

  it('may be the health server', () => {
    assert.deepEqual(outcomeOf([web, slice('web', 7331, '192.0.2.10', '10.1.0.1')]).messages, [
      skipped('192.0.2.10:7331'),
    ])
  })

  it('may have a loopback address that the operator allows', () => {
    const parts = [web, slice('web', 8080, '127.0.0.1')]
    assert.deepEqual(outcomeOf(parts, {allowLocalEndpoints: true}).served, {})
  })
})

describe('an endpoint on this host that is not a listener of this lbex', () => {
  it('is served', () => {
    assert.deepEqual(outcomeOf([web, slice('web', 9090, '192.0.2.10')]), {
      served: {'default/web': {'0.0.0.0:8080/TCP': ['192.0.2.10:9090']}},
      messages: [],
    })
  })

  it('is served if another process uses the port, or no Service uses the listener', () => {
    const parts = [web, api, slice('web', 8081, '192.0.2.10'), slice('api', 80, '10.1.0.2')]
    const host = {addresses, ...without({'0.0.0.0:8081/TCP': {code: 'in-use'}})}
    const expected = {'0.0.0.0:8080/TCP': ['192.0.2.10:8081']}
    assert.deepEqual(outcomeOf(parts, {host}).served['default/web'], expected)
    assert.deepEqual(outcomeOf([web, api, slice('web', 8081, '192.0.2.10')]).served['default/web'], expected)
  })

  it('may be a node port of the node that lbex runs on', () => {
    const node = aService('web').port('http', 80, {listen: 8080, nodePort: 8080})
    const parts = [node, aNode('a').internal('192.0.2.10'), aSlice('web').port('http', 80)]
    const slices = aSlice('web').named('web-1').port('http', 80).endpoints(anEndpoint('10.1.0.1').on('a'))
    assert.deepEqual(outcomeOf([...parts, slices]), {
      served: {'default/web': {'0.0.0.0:8080/TCP': ['192.0.2.10:8080']}},
      messages: [],
    })
  })
})
