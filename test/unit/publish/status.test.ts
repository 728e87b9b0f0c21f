import assert from 'node:assert/strict'
import type {Ingress, WrittenState} from '../../../src/core/cluster/written-state.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../src/core/intent/options.js'
import {
  describeIngress,
  isOurIngress,
  isSameIngress,
  mayPublishTo,
  wantedIngress,
} from '../../../src/publish/status.js'
import {ofOurClass, servedOf, translationOf} from './support.js'

const PORTS = [{port: 8080, protocol: 'TCP'}]
const written = (ingress: readonly Ingress[], fields: Partial<WrittenState> = {}): WrittenState => ({
  ...{ingress, hasFinalizer: false, isLoadBalancer: true},
  ...fields,
})

describe('publish/status', () => {
  const served = servedOf(translationOf([ofOurClass('web')]))

  it('has ipMode Proxy for IP addresses, and no mode for host names', () => {
    assert.deepEqual(wantedIngress(served, ['203.0.113.7', 'lb.example.com', '203.0.113.7']), [
      {ip: '203.0.113.7', ipMode: 'Proxy', ports: PORTS},
      {hostname: 'lb.example.com', ports: PORTS},
    ])
  })

  it('has the addresses of the families of the listeners; if none matches, those of --publish-address', () => {
    const ipsOf = (addresses: readonly string[]) => wantedIngress(served, addresses)?.map(({ip}) => ip)
    assert.deepEqual(ipsOf(['203.0.113.7', '2001:db8::7']), ['203.0.113.7'])
    assert.deepEqual(ipsOf(['2001:db8::7']), [])
    assert.deepEqual(
      wantedIngress(served, ['2001:db8::7'], true)?.map(({ip}) => ip),
      ['2001:db8::7'],
    )
  })

  it('is empty without a listener or an address, and undefined if the addresses are not known', () => {
    assert.deepEqual(wantedIngress({...served, families: []}, undefined), [])
    assert.deepEqual(wantedIngress(served, []), [])
    assert.equal(wantedIngress(served, undefined), undefined)
  })

  it('omits the ports if there are too many', () => {
    const ports = Array.from({length: 501}, (_, port) => ({port, protocol: 'TCP'}))
    assert.deepEqual(wantedIngress({...served, ports}, ['203.0.113.7'])?.[0]?.ports?.length, 501)
    assert.deepEqual(wantedIngress({...served, ports}, ['203.0.113.7', 'a.example']), [
      {ip: '203.0.113.7', ipMode: 'Proxy'},
      {hostname: 'a.example'},
    ])
  })

  it('is equal in any order', () => {
    const a: Ingress = {ip: '1.2.3.4', ipMode: 'Proxy', ports: [...PORTS, {port: 53, protocol: 'UDP'}]}
    const b: Ingress = {hostname: 'a.example', ports: PORTS}
    assert.ok(isSameIngress([a, b], written([b, {...a, ports: (a.ports ?? []).toReversed()}])))
    assert.ok(isSameIngress([{ip: '1.2.3.4'}], written([{ip: '1.2.3.4', ipMode: 'VIP', ports: []}])))
    assert.ok(isSameIngress([], written([])))
  })

  it('differs by address, mode, port and error, and from a truncated status', () => {
    const a: Ingress = {ip: '1.2.3.4', ipMode: 'Proxy', ports: PORTS}
    const others: Ingress[] = [
      {...a, ip: '1.2.3.5'},
      {...a, ipMode: 'VIP'},
      {...a, ports: [{port: 8080, protocol: 'UDP'}]},
      {...a, ports: [{port: 8080, protocol: 'TCP', error: 'loadbalancer.lbex/PortHeld'}]},
      {hostname: '1.2.3.4', ports: PORTS},
    ]
    for (const other of others) assert.equal(isSameIngress([a], written([other])), false)
    assert.equal(isSameIngress([a], written([a, a])), false)
    assert.equal(isSameIngress([], written([], {isCut: true})), false)
  })

  it('is written only to Services of type LoadBalancer with the class of lbex', () => {
    const service = ofOurClass('web')
    const annotated = {...service, annotations: {'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex'}}
    const {loadBalancerClass: _, ...classless} = annotated
    const mayPublish = (one: typeof service) => mayPublishTo(one, DEFAULT_INTENT_OPTIONS)
    assert.ok(mayPublish(service))
    assert.ok(!mayPublish(classless))
    assert.ok(!mayPublish({...annotated, loadBalancerClass: 'other'}))
    assert.ok(!mayPublish({...service, type: 'NodePort'}))
    assert.ok(!mayPublish({...service, refused: true}))
  })

  it('is written to a Service without a class by the default load balancer', () => {
    const selection = {...DEFAULT_INTENT_OPTIONS, defaultLoadBalancer: true}
    const {loadBalancerClass: _, ...classless} = ofOurClass('web')
    assert.ok(mayPublishTo(classless, selection))
    assert.ok(!mayPublishTo({...classless, loadBalancerClass: 'other'}, selection))
    const forOthers = {...classless, annotations: {'kubernetes.io/loadbalancer-class': 'edge'}}
    assert.ok(!mayPublishTo(forOthers, selection))
  })

  it('is recognized as written by lbex by its addresses and their mode', () => {
    const addresses = new Set(['1.2.3.4', 'a.example'])
    assert.ok(isOurIngress(written([{ip: '1.2.3.4', ipMode: 'Proxy'}, {hostname: 'a.example'}]), addresses))
    assert.ok(!isOurIngress(written([{ip: '1.2.3.4', ipMode: 'VIP'}]), addresses))
    assert.ok(
      !isOurIngress(
        written([
          {ip: '1.2.3.4', ipMode: 'Proxy'},
          {ip: '9.9.9.9', ipMode: 'Proxy'},
        ]),
        addresses,
      ),
    )
    assert.ok(!isOurIngress(written([]), addresses))
    assert.ok(!isOurIngress(written([{hostname: 'a.example'}], {isCut: true}), addresses))
  })

  it('is shown as its addresses', () => {
    assert.equal(describeIngress([{ip: '1.2.3.4'}, {hostname: 'a.example'}]), '1.2.3.4, a.example')
  })
})
