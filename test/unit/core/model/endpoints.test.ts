import assert from 'node:assert/strict'
import {
  endpointsOf as endpointsIn,
  endpointsForZone,
  endpointsOnLostNodes,
  indexTargetPorts,
  nodesBehind,
  usableEndpoints,
  type PortEndpoint,
} from '../../../../src/core/model/endpoints.js'
import {DEFAULT_MODEL_OPTIONS} from '../../../../src/core/model/options.js'
import {createNodeViewer} from '../../../../src/core/model/nodes.js'
import type {EndpointSlice, IpFamily, ServicePort} from '../../../../src/core/cluster/objects.js'
import {anEndpoint, aNode, aSlice} from '../../../support/builders.js'

const viewNodes = createNodeViewer(DEFAULT_MODEL_OPTIONS)
const targetPortIn = indexTargetPorts()
const endpointsOf = (slices: readonly EndpointSlice[], port: ServicePort, family: IpFamily) =>
  endpointsIn(slices, port, family, targetPortIn)
const http: ServicePort = {name: 'http', protocol: 'TCP', port: 80}
const slice = aSlice().port('http', 8080)
const ready = (address: string, nodeName?: string): PortEndpoint => ({
  address,
  port: 8080,
  ready: true,
  draining: false,
  ...(nodeName !== undefined && {nodeName}),
})
const addresses = (slices: readonly EndpointSlice[], port = http) =>
  endpointsOf(slices, port, 'IPv4').endpoints.map((endpoint) => `${endpoint.address}:${endpoint.port}`)

describe('endpointsOf', () => {
  it('reads address, port, node and conditions', () => {
    const all = slice.endpoints(
      anEndpoint('10.1.0.1').on('a'),
      anEndpoint('10.1.0.2').notReady(),
      anEndpoint('10.1.0.3').draining(),
    )
    assert.deepEqual(endpointsOf([all.build()], http, 'IPv4'), {
      endpoints: [
        ready('10.1.0.1', 'a'),
        {address: '10.1.0.2', port: 8080, ready: false, draining: false},
        {address: '10.1.0.3', port: 8080, ready: false, draining: true},
      ],
      invalid: [],
    })
  })

  it('uses the defaults of Kubernetes for absent conditions', () => {
    const judged = (conditions: Parameters<ReturnType<typeof anEndpoint>['conditions']>[0]) => {
      const [endpoint] = endpointsOf(
        [slice.endpoints(anEndpoint('10.1.0.1').conditions(conditions)).build()],
        http,
        'IPv4',
      ).endpoints
      return [endpoint?.ready, endpoint?.draining]
    }
    assert.deepEqual(judged({}), [true, false], 'ready means true')
    assert.deepEqual(judged({ready: false}), [false, false])
    assert.deepEqual(judged({ready: false, terminating: true}), [false, false], 'serving means as ready')
    assert.deepEqual(judged({terminating: true}), [true, true], 'serving means as ready')
    assert.deepEqual(judged({ready: false, serving: true}), [false, false], 'terminating means false')
    assert.deepEqual(judged({ready: false, serving: true, terminating: true}), [false, true])
    assert.deepEqual(judged({ready: true, serving: false, terminating: true}), [true, false])
  })

  it('treats an empty nodeName as absent', () => {
    assert.deepEqual(
      endpointsOf([slice.endpoints(anEndpoint('10.1.0.1').on('')).build()], http, 'IPv4').endpoints,
      [ready('10.1.0.1')],
    )
  })

  it('uses the first of several addresses of the same Pod', () => {
    assert.deepEqual(addresses([slice.endpoints(anEndpoint('10.1.0.1', '10.1.0.2'), anEndpoint()).build()]), [
      '10.1.0.1:8080',
    ])
  })

  it('returns an endpoint in two slices once, with the better conditions', () => {
    const old = slice
      .endpoints(anEndpoint('10.1.0.1').on('a').notReady(), anEndpoint('10.1.0.2').on('a'))
      .build()
    const other = slice.endpoints(anEndpoint('10.1.0.1').on('a'), anEndpoint('10.1.0.2').draining()).build()
    const expected = [ready('10.1.0.1', 'a'), ready('10.1.0.2', 'a')]
    assert.deepEqual(endpointsOf([old, other], http, 'IPv4').endpoints, expected)
    assert.deepEqual(endpointsOf([other, old], http, 'IPv4').endpoints, expected)
  })

  it('returns the same node whatever the order of the slices', () => {
    const [a, b] = ['a', 'b'].map((node) => slice.endpoints(anEndpoint('10.1.0.1').on(node)).build())
    assert.ok(a && b)
    assert.deepEqual(endpointsOf([a, b], http, 'IPv4'), endpointsOf([b, a], http, 'IPv4'))
    const [x, y] = ['x', 'y'].map((targetName) =>
      slice.with({endpoints: [{...anEndpoint('10.1.0.1').build(), targetName}]}).build(),
    )
    assert.ok(x && y)
    assert.deepEqual(endpointsOf([x, y], http, 'IPv4'), endpointsOf([y, x], http, 'IPv4'))
    const nodeless = slice.endpoints(anEndpoint('10.1.0.1')).build()
    assert.deepEqual(endpointsOf([nodeless, a], http, 'IPv4').endpoints, [ready('10.1.0.1', 'a')])
  })

  it('returns the same zone hints whatever the order of the slices', () => {
    const inZones = (...zones: string[]) =>
      slice
        .endpoints(
          anEndpoint('10.1.0.1')
            .on('a')
            .forZones(...zones),
        )
        .build()
    const slices = [slice.endpoints(anEndpoint('10.1.0.1').on('a')).build(), inZones('x'), inZones('x', 'y')]
    const both = [slices, [...slices].reverse()].map((each) => endpointsOf(each, http, 'IPv4').endpoints)
    assert.deepEqual(both[0], [{...ready('10.1.0.1', 'a'), zoneHints: ['x', 'y']}])
    assert.deepEqual(both[1], both[0])
  })

  it('returns only addresses of the family', () => {
    const six = aSlice().ipv6().port('http', 8080).endpoints(anEndpoint('FD00::1')).build()
    const four = slice.endpoints(anEndpoint('10.1.0.1')).build()
    assert.deepEqual(addresses([six, four]), ['10.1.0.1:8080'])
    assert.deepEqual(endpointsOf([six, four], http, 'IPv6').endpoints, [ready('fd00::1')])
  })

  it('returns invalid addresses and those of the other family separately', () => {
    const odd = slice
      .endpoints(
        anEndpoint('db.example'),
        anEndpoint('fd00::1'),
        anEndpoint('10.1.0.1'),
        anEndpoint('10.1.0.1;'),
      )
      .build()
    assert.deepEqual(endpointsOf([odd], http, 'IPv4'), {
      endpoints: [ready('10.1.0.1')],
      invalid: ['db.example', 'fd00::1', '10.1.0.1;'],
    })
    const names = aSlice()
      .with({addressType: 'FQDN'})
      .port('http', 80)
      .endpoints(anEndpoint('db.example'))
      .build()
    assert.deepEqual(endpointsOf([names], http, 'IPv4'), {endpoints: [], invalid: []})
  })
})

describe('an endpoint port', () => {
  const endpoint = anEndpoint('10.1.0.1')

  it('belongs to the Service port of its name and protocol, whatever the numbers are', () => {
    const both = aSlice().port('dns', 53, 'UDP').port('dns-tcp', 5353).endpoints(endpoint).build()
    assert.deepEqual(addresses([both], {name: 'dns', protocol: 'UDP', port: 53}), ['10.1.0.1:53'])
    assert.deepEqual(addresses([both], {name: 'dns-tcp', protocol: 'TCP', port: 53}), ['10.1.0.1:5353'])
    assert.deepEqual(addresses([both], {name: 'dns', protocol: 'TCP', port: 53}), [])
    assert.deepEqual(addresses([both], {name: 'other', protocol: 'TCP', port: 5353, targetPort: 5353}), [])
  })

  it('without a name belongs to the Service port without a name', () => {
    const unnamed = aSlice().port('', 8080).endpoints(endpoint).build()
    assert.deepEqual(addresses([unnamed], {name: '', protocol: 'TCP', port: 80}), ['10.1.0.1:8080'])
    assert.deepEqual(addresses([unnamed]), [])
  })

  it('is skipped if its number is invalid', () => {
    for (const port of [0, -1, 65_536, 1.5, NaN])
      assert.equal(targetPortIn(aSlice().port('http', port).build(), http), undefined, String(port))
    assert.equal(
      targetPortIn(
        aSlice()
          .with({ports: [{name: 'http', protocol: 'TCP'}]})
          .build(),
        http,
      ),
      undefined,
    )
    assert.equal(targetPortIn(slice.build(), http), 8080)
  })

  it('may differ from slice to slice, as a named targetPort does', () => {
    const [a, b] = [slice.endpoints(endpoint), aSlice().port('http', 9090).endpoints(anEndpoint('10.1.0.2'))]
    assert.deepEqual(addresses([a.build(), b.build()]), ['10.1.0.1:8080', '10.1.0.2:9090'])
  })
})

describe('usableEndpoints', () => {
  const off: PortEndpoint = {...ready('10.1.0.2'), ready: false}
  const draining: PortEndpoint = {...ready('10.1.0.3'), ready: false, draining: true}

  it('are the ready ones, or the terminating ones that still serve if none is ready', () => {
    assert.deepEqual(usableEndpoints([off, draining, ready('10.1.0.1')]), [ready('10.1.0.1')])
    assert.deepEqual(usableEndpoints([off, draining]), [draining])
    assert.deepEqual(usableEndpoints([off]), [])
  })
})

describe('nodesBehind', () => {
  it('are the known nodes of these endpoints, by name', () => {
    const nodes = viewNodes([aNode('b').build(), aNode('a').build(), aNode('c').build()])
    const names = nodesBehind(
      [ready('1', 'b'), ready('2', 'a'), ready('3', 'b'), ready('4', 'gone'), ready('5')],
      nodes,
    )
    assert.deepEqual(
      names.map(({name}) => name),
      ['a', 'b'],
    )
  })
})

describe('endpointsOnLostNodes', () => {
  const nodes = viewNodes([
    aNode('up').build(),
    aNode('down').notReady().build(),
    aNode('lost').lost().build(),
  ])

  it('are the endpoints on known nodes if all these nodes are NotReady', () => {
    const all = [ready('1', 'down'), ready('2', 'lost'), ready('3', 'gone'), ready('4')]
    assert.deepEqual(endpointsOnLostNodes(all, nodes), [ready('1', 'down'), ready('2', 'lost')])
  })

  it('are none if a node is Ready or no node is known', () => {
    assert.deepEqual(endpointsOnLostNodes([ready('1', 'down'), ready('2', 'up')], nodes), [])
    assert.deepEqual(endpointsOnLostNodes([ready('1', 'gone'), ready('2')], nodes), [])
    assert.deepEqual(endpointsOnLostNodes([], nodes), [])
  })
})

describe('endpointsForZone', () => {
  const hinted = (address: string, ...zoneHints: string[]): PortEndpoint => ({...ready(address), zoneHints})
  const [east, west, both] = [
    hinted('10.1.0.1', 'east'),
    hinted('10.1.0.2', 'west'),
    hinted('10.1.0.3', 'east', 'west'),
  ]
  const all = [east, west, both]

  it('returns the endpoints with a hint for the zone', () => {
    assert.deepEqual(endpointsForZone(all, 'east'), [east, both])
    assert.deepEqual(endpointsForZone(all, 'west'), [west, both])
  })

  it('returns all endpoints if the zone is not known, or has no endpoint', () => {
    assert.equal(endpointsForZone(all, undefined), all)
    assert.equal(endpointsForZone(all, 'north'), all)
  })

  it('returns all endpoints if one has no hint', () => {
    const some = [...all, ready('10.1.0.4')]
    assert.equal(endpointsForZone(some, 'east'), some)
  })

  it('returns all endpoints if they are terminating', () => {
    const leaving = all.map((endpoint) => ({...endpoint, ready: false, draining: true}))
    assert.equal(endpointsForZone(leaving, 'east'), leaving)
  })
})
