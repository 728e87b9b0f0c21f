import assert from 'node:assert/strict'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {settingField} from '../../../../src/core/intent/port-settings.js'
import {aService, listenerSettings} from '../../../support/builders.js'
import {findings} from '../../../support/outline.js'

const web = aService().port('http', 80, {listen: 8080}).port('dns', 53, {listen: 53})

function read(service: typeof web) {
  const {intent, diagnostics} = readIntent(service.build(), DEFAULT_INTENT_OPTIONS)
  const ports = intent?.ports.map(({upstreamSettings, listenerSettings}) => ({
    ...upstreamSettings.balancing,
    ...listenerSettings,
  }))
  return {ports, found: findings(diagnostics)}
}

const annotation = (key: string) => `metadata.annotations["loadbalancer.lbex/${key}"]`

describe('the settings of a port', () => {
  it('are those of its Service, except for those that it has for itself', () => {
    const {ports, found} = read(
      web.annotated({algorithm: 'least_conn', resolver: '10.0.0.1', 'algorithm.dns': 'round_robin'}),
    )
    assert.deepEqual(ports, [
      {algorithm: 'least_conn', ...listenerSettings({resolver: '10.0.0.1'})},
      {algorithm: 'round_robin', ...listenerSettings({resolver: '10.0.0.1'})},
    ])
    assert.deepEqual(found, [])
  })

  it('are one object for all ports without settings of their own', () => {
    const {intent} = readIntent(
      web.port('x', 1, {listen: 1}).annotated({'algorithm.x': 'least_conn'}).build(),
      DEFAULT_INTENT_OPTIONS,
    )
    const [http, dns, x] = intent?.ports ?? []
    assert.ok(http)
    assert.equal(http.listenerSettings, dns?.listenerSettings)
    assert.notEqual(http.listenerSettings, x?.listenerSettings)
  })

  it('may be those of "unnamed" if the Service has one port; the name takes precedence', () => {
    const one = aService().port('http', 80, {listen: 8080})
    const unnamed = aService().port('', 80, {listen: 8080})
    const own = {'algorithm.unnamed': 'least_conn'}
    for (const service of [one, unnamed])
      assert.deepEqual(read(service.annotated(own)), {
        ports: [{algorithm: 'least_conn', ...listenerSettings()}],
        found: [],
      })
    for (const both of [
      {...own, 'algorithm.http': 'round_robin'},
      {'algorithm.http': 'round_robin', ...own},
    ])
      assert.deepEqual(read(one.annotated(both)).ports, [{algorithm: 'round_robin', ...listenerSettings()}])
  })

  it('are reported at the annotation of the port', () => {
    assert.deepEqual(read(web.annotated({'algorithm.dns': 'x', algorithm: 'y'})).found, [
      `warning value-unknown ${annotation('algorithm')}`,
      `warning value-unknown ${annotation('algorithm.dns')}`,
    ])
  })

  it('close the port if one that guards is invalid, or not possible with its protocol', () => {
    const dns = aService().port('tcp', 53, {listen: 53}).port('udp', 53, {listen: 53, protocol: 'UDP'})
    const closed = (annotations: Record<string, string>) => {
      const {intent, diagnostics} = readIntent(dns.annotated(annotations).build(), DEFAULT_INTENT_OPTIONS)
      return [intent?.ports.map((port) => port.closed), ...findings(diagnostics)]
    }
    assert.deepEqual(closed({'proxy-protocol.tcp': 'v1'}), [[false, false]])
    assert.deepEqual(closed({'proxy-protocol': 'off'}), [[false, false]])
    assert.deepEqual(closed({'proxy-protocol': 'v1'}), [
      [false, true],
      `error guard-protocol ${annotation('proxy-protocol')}`,
    ])
    assert.deepEqual(closed({'proxy-protocol': 'v1', 'proxy-protocol.udp': 'off'}), [[false, false]])
    assert.deepEqual(closed({'accept-proxy-protocol.tcp': 'x'}), [
      [true, false],
      `error guard-invalid ${annotation('accept-proxy-protocol.tcp')}`,
    ])
  })

  it('of the Service are not said to have no effect if they may have one for another port', () => {
    const shared = {'hash-key': 'client-ip', method: 'connect'}
    assert.deepEqual(read(web.annotated(shared)).found, [
      `warning method-unused ${annotation('method')}`,
      `warning setting-unused ${annotation('hash-key')}`,
    ])
    assert.deepEqual(read(web.annotated({...shared, 'algorithm.dns': 'hash'})).found, [])
  })

  it('have no effect with another protocol, which is reported unless another port has it', () => {
    const [tcp, both] = [
      aService().port('tcp', 53, {listen: 53}),
      aService().port('tcp', 53, {listen: 53}).port('udp', 53, {listen: 53, protocol: 'UDP'}),
    ]
    const found = (service: typeof web, key: string) => {
      const {intent, diagnostics} = readIntent(
        service.annotated({[key]: '1'}).build(),
        DEFAULT_INTENT_OPTIONS,
      )
      return [
        intent?.ports.map(({listenerSettings}) => listenerSettings.udpResponses),
        ...findings(diagnostics),
      ]
    }
    const unused = (key: string) => `warning setting-unused ${annotation(key)}`
    assert.deepEqual(found(both, 'udp-responses'), [[undefined, 1]])
    assert.deepEqual(found(tcp, 'udp-responses'), [[undefined], unused('udp-responses')])
    assert.deepEqual(found(both, 'udp-responses.tcp'), [[undefined, undefined], unused('udp-responses.tcp')])
  })

  it('are by default those of the host, for their protocol', () => {
    const dns = aService().port('tcp', 53, {listen: 53}).port('udp', 53, {listen: 53, protocol: 'UDP'})
    const defaults = {
      'loadbalancer.lbex/proxy-protocol': 'v1',
      'loadbalancer.lbex/algorithm': 'least_conn',
    }
    const options = {...DEFAULT_INTENT_OPTIONS, defaultSettings: defaults}
    const {intent, diagnostics} = readIntent(
      dns.annotated({'algorithm.tcp': 'round_robin'}).with({sessionAffinity: 'None'}).build(),
      options,
    )
    assert.deepEqual(
      intent?.ports.map(({listenerSettings: {proxyProtocol}, upstreamSettings}) => [
        proxyProtocol,
        upstreamSettings.balancing.algorithm,
      ]),
      [
        ['v1', 'round_robin'],
        [undefined, 'least_conn'],
      ],
    )
    assert.deepEqual(findings(diagnostics), [])
    const off = dns.annotated({'proxy-protocol': 'off'}).with({sessionAffinity: 'ClientIP'}).build()
    const {intent: without, diagnostics: found} = readIntent(off, options)
    assert.equal(without?.ports[0]?.listenerSettings.proxyProtocol, undefined)
    assert.deepEqual(findings(found), ['warning affinity-behind-proxy spec.sessionAffinity'])
  })

  it('are reported if the Service does not have the port', () => {
    assert.deepEqual(read(web.annotated({'algorithm.htpp': 'least_conn', 'algorithm.unnamed': 'x'})).found, [
      `warning setting-port-unknown ${annotation('algorithm.htpp')}`,
      `warning setting-port-unknown ${annotation('algorithm.unnamed')}`,
    ])
  })
})

describe('settingField', () => {
  it('is the annotation that sets the value', () => {
    const [key, port] = ['loadbalancer.lbex/algorithm', {name: 'http'}]
    const fieldIn = (service: typeof web) => settingField(service.build(), port, key)[2]
    assert.equal(fieldIn(web), key)
    assert.equal(fieldIn(web.annotated({'algorithm.http': 'x'})), `${key}.http`)
    assert.equal(fieldIn(web.annotated({'algorithm.unnamed': 'x'})), key)
  })
})
