import assert from 'node:assert/strict'
import {ofOurClass, servedOf, translationOf} from './support.js'
import type {Service} from '../../../src/core/cluster/objects.js'
import {servedPorts} from '../../../src/publish/served-ports.js'
import {aService} from '../../support/builders.js'
import {without} from '../../support/translate.js'

const IN_USE = {code: 'in-use', message: 'address in use'} as const

describe('publish/served-ports', () => {
  it('lists every port of the Service by its number in the Service', () => {
    const service = ofOurClass('web', {ports: {main: 8080, dns: 5353}})
    const [main, dns] = service.ports
    const moved = {
      ...service,
      ports: [
        {...main, port: 80},
        {...dns, protocol: 'UDP'},
      ] as typeof service.ports,
    }
    const {ports, families} = servedOf(translationOf([moved]))
    assert.deepEqual(ports, [
      {port: 80, protocol: 'TCP'},
      {port: 5353, protocol: 'UDP'},
    ])
    assert.deepEqual(families, ['IPv4'])
  })

  it('says why a port is not served', () => {
    const older = ofOurClass('older', {
      ports: {main: 7000},
      fields: {creationTimestamp: '2020-01-01T00:00:00Z'},
    })
    const service = ofOurClass('web', {ports: {good: 8080, lost: 7000, invalid: 'x1', sctp: 7002}})
    const ports = service.ports.map((port) => (port.name === 'sctp' ? {...port, protocol: 'SCTP'} : port))
    const plain = {name: 'plain', protocol: 'TCP', port: 90, nodePort: 30_090}
    const translation = translationOf([{...service, ports: [...ports, plain]}, older])
    assert.deepEqual(
      servedOf(translation).ports.map(({error}) => error),
      [
        undefined,
        'loadbalancer.lbex/PortConflict',
        'loadbalancer.lbex/PortInvalid',
        'loadbalancer.lbex/PortProtocol',
        undefined,
      ],
    )
  })

  it('keeps the listeners of a Service without ready endpoints', () => {
    const {ports, families} = servedOf(translationOf([ofOurClass('web')], {idle: ['web']}))
    assert.deepEqual([ports[0]?.error, families], ['loadbalancer.lbex/NoBackend', ['IPv4']])
  })

  it('keeps listeners that are unavailable on this host only', () => {
    const translation = translationOf([ofOurClass('web')], {host: without({'0.0.0.0:8080/TCP': IN_USE})})
    const {ports, families} = servedOf(translation)
    assert.deepEqual([ports[0]?.error, families], ['loadbalancer.lbex/PortHeld', ['IPv4']])
  })

  it('has no family if another Service has every listener', () => {
    const older = ofOurClass('older', {fields: {creationTimestamp: '2020-01-01T00:00:00Z'}})
    assert.deepEqual(servedOf(translationOf([ofOurClass('web'), older])).families, [])
  })

  it('has the families of its listeners', () => {
    const both = ofOurClass('web', {fields: {ipFamilies: ['IPv4', 'IPv6']}})
    assert.deepEqual(servedOf(translationOf([both])).families, ['IPv4', 'IPv6'])
  })

  it('serves no port of a quarantined Service', () => {
    assert.deepEqual(servedOf(translationOf([ofOurClass('web')]), true).ports, [
      {port: 8080, protocol: 'TCP', error: 'loadbalancer.lbex/NotServed'},
    ])
  })

  it('has what the Service selects, and the addresses that it lost to other Services', () => {
    const listenAddresses = {IPv4: ['192.0.2.1', '192.0.2.2'], IPv6: []}
    const options = {listenAddresses, addressNames: {public: ['192.0.2.1']}}
    const annotations = {'loadbalancer.lbex/listen-address': 'public'}
    const older = ofOurClass('older', {fields: {creationTimestamp: '2020-01-01T00:00:00Z', annotations}})
    const first = servedOf(translationOf([older], options))
    assert.deepEqual([first.selected, first.lost, first.families], [['public'], undefined, ['IPv4']])
    const second = servedOf(translationOf([ofOurClass('web'), older], options))
    assert.deepEqual([second.selected, second.lost, second.families], [undefined, ['192.0.2.1'], ['IPv4']])
    assert.deepEqual(second.ports, [{port: 8080, protocol: 'TCP'}])
  })

  it('has the families of a Service whose address only other hosts have', () => {
    const annotations = {'loadbalancer.lbex/listen-address': 'public'}
    const fields = {annotations, ipFamilies: ['IPv4', 'IPv6'] as const}
    const {ports, families, selected} = servedOf(translationOf([ofOurClass('web', {fields})]))
    assert.deepEqual([families, selected], [['IPv4', 'IPv6'], ['public']])
    assert.equal(ports[0]?.error, 'loadbalancer.lbex/ListenAddressUnknown')
  })

  it('has no family if the selected address is not valid', () => {
    const annotations = {'loadbalancer.lbex/listen-address': 'a b'}
    const {ports, families} = servedOf(translationOf([ofOurClass('web', {fields: {annotations}})]))
    assert.deepEqual(families, [])
    assert.equal(ports[0]?.error, 'loadbalancer.lbex/ListenAddressInvalid')
  })

  describe('on a listener that Services share', () => {
    const named = (name: string, annotations: Record<string, string>, fields = {}) =>
      aService(name)
        .notOurs()
        .with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex', ...fields})
        .annotated({'upstream-type': 'pod', ...annotations})
        .port('main', 443, {listen: 8443})
        .build()
    const errorsOf = (services: readonly Service[], idle: readonly string[] = []) => {
      const translation = translationOf(services, {idle})
      return translation.services.map((each) => {
        const own = translation.diagnostics.filter(({object}) => object.name === each.intent.service.ref.name)
        return servedPorts(each, own, false).ports.map(({error}) => error)
      })
    }

    it('has no error for Services that have a part of its traffic', () => {
      const weights = ['a', 'b', 'c'].map((name, index) =>
        named(name, {'shared-listener': 'x', weight: String(index)}),
      )
      assert.deepEqual(errorsOf(weights), [[undefined], [undefined], [undefined]])
      const names = ['a', 'b'].map((name) => named(name, {hosts: `${name}.example`}))
      assert.deepEqual(errorsOf(names), [[undefined], [undefined]])
    })

    it('has the error of each Service that has no part of it', () => {
      const old = {creationTimestamp: '2020-01-01T00:00:00Z'}
      const services = [
        named('old', {hosts: 'a.example, b.example'}, old),
        named('idle', {hosts: 'c.example'}),
        named('lost', {hosts: 'b.example'}),
        named('partly', {hosts: 'b.example, d.example'}),
        named('exclusive', {}),
        named('other', {hosts: 'e.example', passthrough: 'true'}),
        named('invalid', {'hosts.main': 'a_b'}),
      ]
      assert.deepEqual(errorsOf(services, ['idle']), [
        [undefined],
        ['loadbalancer.lbex/NoBackend'],
        ['loadbalancer.lbex/HostConflict'],
        [undefined],
        ['loadbalancer.lbex/PortConflict'],
        ['loadbalancer.lbex/SharedSettingsDiffer'],
        ['loadbalancer.lbex/HostInvalid'],
      ])
    })
  })
})
