import assert from 'node:assert/strict'
import {busy, internalError, refusal, unauthorized} from '../../support/api-double/status.js'
import {without} from '../../support/translate.js'
import {ofOurClass, translationOf} from './support.js'
import {World, type WorldOptions} from './world.js'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
const IN_USE = {code: 'in-use', message: 'address in use'} as const
const TAKEN = [{ip: '198.51.100.1', ipMode: 'VIP'}]

describe('publish/publisher', () => {
  let world: World
  const open = (options?: WorldOptions, history?: World['history']): World =>
    (world = new World(options, history))

  afterEach(() => world.close())

  it('writes the status of a Service that is served, once', async () => {
    open().put(ofOurClass('web'))
    await world.reconcile()
    const ports = [{port: 8080, protocol: 'TCP'}]
    assert.deepEqual(world.ingress('web'), [{ip: '203.0.113.7', ipMode: 'Proxy', ports}])
    assert.deepEqual(world.reasons(), ['EnsuredLoadBalancer web'])
    await world.reconcile()
    assert.deepEqual(world.writes, ['status written', 'event written'])
  })

  it('does not write an unchanged status after a restart', async () => {
    open().put(ofOurClass('web'))
    await world.reconcile()
    await world.close()
    const {services, history} = world
    open({}, history).services = services
    await world.reconcile()
    assert.deepEqual(world.writes, [])
  })

  it('publishes only the addresses that a Service selects, of each host that has them', async () => {
    const listenOf = (last: number) => [
      {address: `192.0.2.${last}`, name: 'public'},
      {address: `198.51.100.${last}`, name: 'inside'},
    ]
    const hosts = [1, 2].map((last) => ({
      ...{addresses: [`192.0.2.${last}`, `198.51.100.${last}`], listen: listenOf(last), ready: true},
    }))
    open().hosts = hosts
    const selecting = (address: string) => ({
      fields: {annotations: {'loadbalancer.lbex/listen-address': address}},
    })
    for (const name of ['public', 'inside', 'unknown']) world.put(ofOurClass(name, selecting(name)))
    const listenAddresses = {IPv4: ['192.0.2.1', '198.51.100.1'], IPv6: []}
    const addressNames = {public: ['192.0.2.1'], inside: ['198.51.100.1']}
    await world.reconcile({listenAddresses, addressNames})
    assert.deepEqual(world.addresses('public'), ['192.0.2.1', '192.0.2.2'])
    assert.deepEqual(world.addresses('inside'), ['198.51.100.1', '198.51.100.2'])
    assert.deepEqual(world.addresses('unknown'), [])
    assert.ok(world.reasons().includes('ListenAddressUnknown unknown'))
  })

  it('publishes a Service without an error if only another host has its address', async () => {
    open().hosts = [
      {addresses: ['192.0.2.1'], listen: [{address: '192.0.2.1'}], ready: true},
      {addresses: ['192.0.2.2'], listen: [{address: '192.0.2.2', name: 'inside'}], ready: true},
    ]
    for (const name of ['inside', 'unknown']) {
      const annotations = {'loadbalancer.lbex/listen-address': name, 'loadbalancer-port.lbex/other': 'x'}
      world.put(ofOurClass(name, {ports: {main: 8080, other: 81}, fields: {annotations}}))
    }
    await world.reconcile({listenAddresses: {IPv4: ['192.0.2.1'], IPv6: []}})
    const {ip, ports} = world.ingress('inside')[0] ?? {}
    const errors = ports?.map(({error}) => error)
    assert.deepEqual([ip, errors], ['192.0.2.2', [undefined, 'loadbalancer.lbex/PortInvalid']])
    assert.deepEqual(world.ingress('unknown'), [])
    assert.ok(world.reasons().includes('UnAvailableLoadBalancer unknown'))
    assert.ok(!world.reasons().includes('UnAvailableLoadBalancer inside'))
  })

  it('writes nothing before the first reconcile', async () => {
    open().put(ofOurClass('web'))
    await world.setHosts([['203.0.113.9']])
    assert.deepEqual(world.writes, [])
  })

  it('leaves the status to the leader, and takes over at once', async () => {
    open({isLeader: false}).put(ofOurClass('web'))
    await world.reconcile()
    assert.deepEqual(world.writes, [])
    await world.lead(true)
    assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
    await world.lead(false)
    await world.setHosts([['203.0.113.9']])
    assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
  })

  it('publishes the ready hosts, and keeps the status while no host is ready', async () => {
    open().put(ofOurClass('web'))
    await world.reconcile()
    await world.setHosts([['203.0.113.8', '203.0.113.7']], [['203.0.113.9'], false])
    assert.deepEqual(world.addresses('web'), ['203.0.113.7', '203.0.113.8'])
    await world.setHosts()
    assert.deepEqual(world.addresses('web'), ['203.0.113.7', '203.0.113.8'])
    assert.deepEqual(world.reasons(), ['EnsuredLoadBalancer web', 'UpdatedLoadBalancer web'])
  })

  it('publishes given addresses instead of those of the hosts', async () => {
    open({addresses: ['192.0.2.1', 'lb.example.com']}).put(ofOurClass('web'))
    await world.reconcile()
    assert.deepEqual(world.addresses('web'), ['192.0.2.1', 'lb.example.com'])
  })

  it('waits for the other hosts before it publishes a given address for a Service that selects one', async () => {
    let onKnown = (): void => {}
    const known = new Promise<void>((resolve) => (onKnown = resolve))
    open({addresses: ['192.0.2.1', '192.0.2.2'], known})
    const hostOf = (last: number, name: string) => ({
      ...{addresses: [`192.0.2.${last}`], listen: [{address: `192.0.2.${last}`, name}], ready: true},
    })
    world.hosts = [hostOf(1, 'public')]
    const annotations = {'loadbalancer.lbex/listen-address': 'public'}
    world.put(ofOurClass('public', {fields: {annotations}}))
    world.put(ofOurClass('web', {ports: {main: 8081}}))
    await world.reconcile({
      ...{listenAddresses: {IPv4: ['192.0.2.1'], IPv6: []}, addressNames: {public: ['192.0.2.1']}},
    })
    assert.deepEqual([world.addresses('public'), world.addresses('web').length], [[], 2])
    world.hosts = [hostOf(1, 'public'), hostOf(2, 'inside')]
    onKnown()
    await world.clock.advance(2000)
    assert.deepEqual(world.addresses('public'), ['192.0.2.1'])
  })

  it('does not write to Services of other controllers', async () => {
    const {loadBalancerClass: _, ...annotated} = {
      ...ofOurClass('annotated'),
      annotations: {
        ...ofOurClass('annotated').annotations,
        'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
      },
    }
    open().put(annotated, {status: {loadBalancer: {ingress: TAKEN}}})
    world.put(
      {...ofOurClass('other'), loadBalancerClass: 'other'},
      {status: {loadBalancer: {ingress: TAKEN}}},
    )
    world.put({...ofOurClass('pool'), annotations: {'loadbalancer.lbex/service-pool': 'b'}})
    await world.reconcile({affinity: 'strict'})
    assert.deepEqual(
      world.writes.filter((write) => write.startsWith('status')),
      [],
    )
  })

  describe('clears the status', () => {
    const publish = async (options?: WorldOptions): Promise<void> => {
      open(options).put(ofOurClass('web'))
      await world.reconcile()
    }

    it('when the Service changes its type', async () => {
      await publish()
      world.put({...ofOurClass('web'), type: 'ClusterIP'})
      await world.reconcile()
      assert.deepEqual(world.ingress('web'), [])
      assert.deepEqual(world.reasons(), ['DeletedLoadBalancer web', 'EnsuredLoadBalancer web'])
    })

    it('when the Service changed its type while lbex was not running', async () => {
      await publish()
      await world.close()
      world.put({...ofOurClass('web'), type: 'ClusterIP'})
      const {services, history} = world
      open({}, history).services = services
      await world.reconcile()
      assert.deepEqual(world.ingress('web'), [])
    })

    it('when the Service moves to another pool, unless the lbex of that pool has published it', async () => {
      await publish()
      const moved = (name: string) => ({
        ...ofOurClass(name),
        annotations: {'loadbalancer.lbex/service-pool': 'b'},
      })
      world.put(ofOurClass('both'))
      await world.reconcile()
      world.put(moved('web'))
      world.put(moved('both'), {status: {loadBalancer: {ingress: TAKEN}}})
      await world.reconcile()
      assert.deepEqual([world.ingress('web'), world.ingress('both')], [[], TAKEN])
    })

    it('when another Service has the listener', async () => {
      await publish()
      world.put({...ofOurClass('older'), creationTimestamp: '2020-01-01T00:00:00Z'})
      await world.reconcile()
      assert.deepEqual([world.addresses('web'), world.addresses('older')], [[], ['203.0.113.7']])
      assert.ok(world.reasons().includes('PortConflict web'))
    })

    it('but not if no endpoint is ready', async () => {
      await publish()
      await world.reconcile({idle: ['web']})
      assert.equal(world.ingress('web')[0]?.ports?.[0]?.error, 'loadbalancer.lbex/NoBackend')
      assert.deepEqual(world.reasons(), [
        'EnsuredLoadBalancer web',
        'NoBackend web',
        'UnAvailableLoadBalancer web',
      ])
    })
  })

  describe('the finalizer', () => {
    it('is set before the status, and removed when the Service is deleted', async () => {
      open({finalizer: true}).put(ofOurClass('web'))
      world.history.put({
        ...world.stored('web')!,
        metadata: {...world.stored('web')!.metadata, finalizers: ['a/b']},
      })
      await world.reconcile()
      assert.deepEqual(world.finalizers('web'), ['a/b', FINALIZER])
      assert.deepEqual(world.writes.slice(0, 2), ['finalizer written', 'status written'])
      const deletionTimestamp = '2030-02-01T00:00:00Z'
      const stored = world.stored('web')!
      world.history.put({...stored, metadata: {...stored.metadata, deletionTimestamp}})
      world.services = [{...world.services[0]!, deletionTimestamp}]
      await world.reconcile()
      assert.deepEqual([world.finalizers('web'), world.ingress('web')], [['a/b'], []])
    })

    it('of an earlier lbex is removed from a Service that is being deleted', async () => {
      const deletionTimestamp = '2030-02-01T00:00:00Z'
      open().put({...ofOurClass('web'), deletionTimestamp})
      const stored = world.stored('web')!
      world.history.put({
        ...stored,
        metadata: {...stored.metadata, deletionTimestamp, finalizers: ['a/b', FINALIZER]},
      })
      await world.reconcile()
      assert.deepEqual(world.finalizers('web'), ['a/b'])
    })

    it('of a Service that is served stays without --finalizer', async () => {
      open().put(ofOurClass('web'))
      const stored = world.stored('web')!
      world.history.put({...stored, metadata: {...stored.metadata, finalizers: [FINALIZER]}})
      await world.reconcile()
      assert.deepEqual(world.finalizers('web'), [FINALIZER])
    })
  })

  describe('Events', () => {
    it('about problems are written by the leader only', async () => {
      open({isLeader: false}).put(ofOurClass('web', {ports: {main: 'x'}}))
      await world.reconcile()
      assert.deepEqual(world.events(), [])
      await world.lead(true)
      const [event] = world.events()
      assert.deepEqual(
        {...event, apiVersion: 0, kind: 0, metadata: 0, eventTime: 0},
        {
          ...{apiVersion: 0, kind: 0, metadata: 0, eventTime: 0},
          action: 'Serve',
          note: '"x" is not a valid port number; this port is not exposed; use an integer from 1 to 65535 in quotes, without sign or spaces: "8080"',
          reason: 'PortInvalid',
          regarding: {
            apiVersion: 'v1',
            kind: 'Service',
            namespace: 'default',
            name: 'web',
            uid: world.services[0]?.uid,
          },
          reportingController: 'loadbalancer.lbex/lbex',
          reportingInstance: 'host-1',
          type: 'Warning',
        },
      )
    })

    it('about a single host are written by that host, and name it', async () => {
      open({isLeader: false, hostName: 'host-2'}).put(ofOurClass('web'))
      await world.reconcile({host: without({'0.0.0.0:8080/TCP': IN_USE})})
      assert.deepEqual(world.reasons(), ['PortHeld web'])
      assert.match(world.events()[0]?.note ?? '', /^on host host-2: NGINX cannot listen on 0\.0\.0\.0:8080/)
    })

    it('are counted while the problem lasts, and rarely written', async () => {
      open().put(ofOurClass('web', {ports: {main: 'x'}}))
      for (let minute = 0; minute < 60; minute += 5) await world.reconcile({}, 300_000)
      assert.deepEqual(
        world.events().map(({series}) => series?.count),
        [7],
      )
      assert.equal(world.writes.length, 3)
    })

    it('report a status that the API server rejects', async () => {
      open().put(ofOurClass('web'))
      world.access.fault = ({subresource}) =>
        subresource === 'status' ? refusal(422, 'Invalid', 'Service "web" is invalid') : undefined
      await world.reconcile()
      assert.deepEqual(world.reasons(), ['SyncLoadBalancerFailed web'])
      assert.deepEqual(world.writes, ['status refused', 'event written'])
      const note = 'The API server rejects the status of the load balancer: Service "web" is invalid'
      assert.equal(world.events()[0]?.note, note)
      world.access.fault = undefined
      await world.clock.advance(300_000)
      assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
    })
  })

  describe('an API server', () => {
    it('with a newer Service gets the status once the watch has delivered it', async () => {
      open().put(ofOurClass('web'))
      let conflicts = 1
      world.access.fault = ({subresource}) => {
        if (subresource === 'status' && (conflicts -= 1) >= 0) return refusal(409, 'Conflict', 'changed')
        return undefined
      }
      await world.reconcile()
      assert.deepEqual(world.writes, ['status conflict', 'status written', 'event written'])
      assert.deepEqual(
        world.access.requests.map(({verb}) => verb),
        ['patch', 'patch', 'create'],
      )
    })

    it('with another Service of the same name gets its status after the next reconcile', async () => {
      open().put(ofOurClass('web'))
      let isReplaced = false
      world.access.fault = ({subresource}) => {
        if (subresource === 'status' && !isReplaced) world.replace('web')
        isReplaced = true
        return undefined
      }
      await world.reconcile({}, 200)
      assert.deepEqual(world.writes, ['status conflict'])
      world.put(ofOurClass('web'))
      await world.reconcile({}, 5000)
      assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
      assert.deepEqual(world.reasons(), ['EnsuredLoadBalancer web'])
    })

    it('that does not accept the credentials is no reason for Events', async () => {
      open().put(ofOurClass('web'))
      world.access.fault = ({subresource}) => (subresource === 'status' ? unauthorized : undefined)
      await world.reconcile()
      assert.deepEqual(world.reasons(), [])
      world.access.fault = undefined
      await world.clock.advance(60_000)
      assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
    })

    it('that forbids it is asked seldom, and the missing rule is logged once', async () => {
      open().put(ofOurClass('web'))
      world.put(ofOurClass('api', {ports: {main: 8081}}))
      world.access.fault = () => refusal(403, 'Forbidden', 'services "web" is forbidden')
      await world.reconcile({}, 60_000)
      assert.deepEqual(world.writes, ['status forbidden', 'status forbidden'])
      const [warning, ...others] = world.log.lines.filter(([level]) => level === 'warn')
      assert.deepEqual(others, [])
      assert.match(String(warning?.[2]?.['hint']), /services\/status.*\n.*"patch"/)
      world.access.fault = undefined
      await world.clock.advance(300_000)
      assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
    })

    it('that is busy or unreachable gets few requests, and every write in the end', async () => {
      open({writesPerSecond: 100})
      const names = Array.from({length: 50}, (_, at) => `web-${at}`)
      for (const [at, name] of names.entries()) world.put(ofOurClass(name, {ports: {main: 9000 + at}}))
      let fault: 'reset' | ReturnType<typeof busy> = 'reset'
      world.access.fault = () => fault
      await world.reconcile({}, 60_000)
      assert.ok(world.writes.length < 100, `${world.writes.length}`)
      fault = busy(10)
      await world.clock.advance(60_000)
      assert.ok(world.writes.length < 200, `${world.writes.length}`)
      world.access.fault = undefined
      await world.clock.advance(120_000)
      assert.ok(names.every((name) => world.addresses(name).length === 1))
    })

    it('that no longer has the Service gets no retry', async () => {
      open().put(ofOurClass('web'))
      world.access.fault = ({subresource}) => {
        if (subresource === 'status' && world.stored('web')) world.delete('web')
        return undefined
      }
      await world.reconcile({}, 60_000)
      assert.deepEqual([world.writes, world.publisher.details.pending], [['status absent'], 0])
    })

    it('that drops fields it does not know does not get the same write again', async () => {
      open().put(ofOurClass('web'))
      const {history} = world
      const put = history.put.bind(history)
      history.put = (manifest) => {
        const {loadBalancer} = (manifest['status'] ?? {}) as {loadBalancer?: {ingress?: {ip?: string}[]}}
        const ingress = (loadBalancer?.ingress ?? []).map(({ip}) => ({ip}))
        return put(manifest.kind === 'Service' ? {...manifest, status: {loadBalancer: {ingress}}} : manifest)
      }
      await world.reconcile({}, 60_000)
      await world.reconcile({}, 60_000)
      assert.deepEqual(world.writes, ['status written', 'event written'])
    })
  })

  it('writes seldom if another client writes another status again and again', async () => {
    open().put(ofOurClass('web'))
    await world.reconcile()
    const put = world.history.put.bind(world.history)
    world.history.put = (manifest) => {
      const stored = put(manifest)
      if (manifest.kind !== 'Service' || JSON.stringify(manifest).includes(TAKEN[0]!.ip)) return stored
      put({...stored, status: {loadBalancer: {ingress: TAKEN}}})
      return stored
    }
    world.put(ofOurClass('web'))
    await world.reconcile({}, 600_000)
    const {length} = world.writes.filter((write) => write.startsWith('status'))
    assert.ok(length > 60 && length < 90, `${length} writes`)
    world.history.put = put
    await world.reconcile({}, 60_000)
    assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
  })

  it('goes on after a bug, which it logs once', async () => {
    open().put(ofOurClass('web'))
    const broken = {...ofOurClass('broken', {ports: {main: 8081}}), ports: undefined as never}
    const translation = translationOf(world.services)
    const [first] = translation.services
    const translated = [{...first!, intent: {...first!.intent, service: broken}}, first!]
    const moment = {services: world.services, translated, diagnostics: [], quarantined: []}
    world.publisher.update(moment)
    await world.clock.advance(200_000)
    assert.deepEqual(
      world.log.said.filter((line) => line.startsWith('warn')),
      ['warn publishing failed, retrying'],
    )
    world.publisher.update({...moment, translated: [first!]})
    await world.clock.advance(2000)
    assert.deepEqual(world.addresses('web'), ['203.0.113.7'])
  })

  it('publishes no more addresses than it reads back', async () => {
    open().put(ofOurClass('web'))
    await world.reconcile()
    await world.setHosts([Array.from({length: 300}, (_, at) => `203.0.${at >> 8}.${at & 255}`)])
    assert.equal(world.addresses('web').length, 200)
    world.writes.length = 0
    await world.reconcile()
    assert.deepEqual(world.writes, [])
  })

  it('writes no more than it may in any second, the status first', async () => {
    open({writesPerSecond: 10})
    for (let at = 0; at < 30; at += 1)
      world.put(ofOurClass(`web-${at}`, {ports: {main: 9000 + at, bad: 'x'}}))
    const counts: number[] = []
    await world.reconcile({}, 0)
    for (let second = 0; second < 3; second += 1) {
      await world.clock.advance(999)
      counts.push(world.writes.length)
      await world.clock.advance(1)
    }
    assert.deepEqual(counts, [10, 20, 30])
    assert.ok(world.writes.slice(0, 30).every((write) => write.startsWith('status')))
  })

  it('writes everything in a flush, or gives up', async () => {
    open().put(ofOurClass('web'))
    const reconciled = world.reconcile({}, 0)
    const flushed = world.publisher.flush(5000)
    await Promise.all([reconciled, flushed])
    assert.deepEqual([world.addresses('web'), world.publisher.details.pending], [['203.0.113.7'], 0])
    world.access.fault = () => internalError
    await world.setHosts([['203.0.113.9']])
    let isOver = false
    void world.publisher.flush(5000).then(() => (isOver = true))
    await world.clock.advance(4999)
    assert.equal(isOver, false)
    await world.clock.advance(1)
    assert.equal(isOver, true)
  })
})
