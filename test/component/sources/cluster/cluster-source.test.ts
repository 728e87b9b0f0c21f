import assert from 'node:assert/strict'
import {createClusterSource} from '../../../../src/sources/cluster/cluster-source.js'
import {COMPLETE} from '../../../../src/core/cluster/snapshot.js'
import type {SnapshotSource} from '../../../../src/sources/snapshot-source.js'
import {apiEndpoints, apiNode, apiService, apiSlice} from '../../../support/api-double/objects.js'
import {internalError} from '../../../support/api-double/status.js'
import {collectGarbage} from '../../../support/collect-garbage.js'
import {waitFor} from '../../../support/wait.js'
import {FakeClock, settled} from '../../../unit/controller/fake-clock.js'
import {FakeLog} from '../../../unit/controller/fakes.js'
import {outline, useCluster} from './cluster-in-use.js'
import {failing, page, saying, ScriptedAccess} from '../../../unit/sources/cluster/scripted-access.js'

/** The sources of these tests do not know which Secrets Services name. */
const WITHOUT_SECRETS = {...COMPLETE, unknownSecrets: true}

describe('sources/cluster/cluster-source', () => {
  const use = useCluster()

  beforeEach(() => {
    use.api.put(apiService('web'))
    use.api.put(apiSlice('web', ['10.1.0.1']))
    use.api.put(apiNode('node-1', '10.2.0.1'))
  })

  it('sends no request before it is used', async () => {
    await use.open()
    assert.equal(use.api.connections, 0)
  })

  it('reads all kinds, and requests nothing else', async () => {
    const source = await use.open()
    const reading = await source.read(use.signal)
    assert.deepEqual(outline(reading), {
      services: ['default/web'],
      endpoints: ['web 10.1.0.1'],
      nodes: ['node-1'],
    })
    assert.deepEqual(reading.snapshot.coverage, WITHOUT_SECRETS)
    assert.deepEqual([reading.diagnostics, reading.locate([])], [[], []])
    await use.watching()
    assert.deepEqual(use.api.requests.map(({verb, plural}) => `${verb} ${plural}`).sort(), [
      'list endpointslices',
      'list nodes',
      'list services',
      'watch endpointslices',
      'watch nodes',
      'watch services',
    ])
  })

  it('waits until all kinds are listed', async () => {
    use.api.fault = ({plural}) => (plural === 'nodes' ? {kind: 'hang'} : undefined)
    const source = await use.open()
    let settled = false
    const reading = source.read(use.signal).finally(() => {
      settled = true
    })
    await use.watching(2)
    assert.equal(settled, false)
    use.api.fault = undefined
    use.api.cutConnections()
    await assert.rejects(reading, {code: 'api-connection'})
  })

  it('returns the current state at once after that', async () => {
    const source = await use.open()
    await source.read(use.signal)
    await use.watching()
    await use.api.kill()
    assert.deepEqual(outline(await source.read(use.signal)).services, ['default/web'])
  })

  it('does not leak memory with each reading', async () => {
    const source = await use.open()
    const readings = async (count: number): Promise<number> => {
      for (let index = 0; index < count; index += 1) await source.read(use.signal)
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const before = await readings(2000)
    const grown = (await readings(20_000)) - before
    assert.ok(grown < 2_000_000, `${grown} bytes`)
  })

  it('reports changes, and keeps the identity of other objects', async () => {
    use.api.put(apiService('other'))
    const source = await use.open()
    const before = (await source.read(use.signal)).snapshot
    let changes = 0
    const watching = source.watch(() => (changes += 1), use.signal)
    await use.watching()
    use.api.put(apiService('web', {annotations: {'loadbalancer.lbex/port': '80'}}))
    await waitFor(() => changes === 1, {what: 'the change'})
    const after = (await source.read(use.signal)).snapshot
    assert.deepEqual(
      after.services.map(({ref}) => ref.name),
      before.services.map(({ref}) => ref.name),
    )
    assert.equal(after.services[0], before.services[0])
    assert.notEqual(after.services[1], before.services[1])
    assert.equal(after.nodes, before.nodes)
    assert.equal(after.endpointSlices, before.endpointSlices)
    await source.close()
    await watching
  })

  it('reports a change between the last reading and the watch at once', async () => {
    const source = await use.open()
    const known = async (name: string): Promise<boolean> =>
      (await source.read(use.signal)).snapshot.services.some(({ref}) => ref.name === name)
    await source.read(use.signal)
    await use.watching()
    use.api.put(apiService('read'))
    await waitFor(() => known('read'), {what: 'a change that is read'})
    let changes = 0
    const stopping = new AbortController()
    const watching = source.watch(() => (changes += 1), stopping.signal)
    assert.equal(changes, 0)
    stopping.abort()
    await watching

    const before = source.freshness()[0]
    await use.clock.advance(1)
    use.api.put(apiService('unread'))
    await waitFor(() => source.freshness()[0]?.age === before?.age, {what: 'a change that is not read'})
    void source.watch(() => (changes += 1), use.signal)
    assert.equal(changes, 1)
    assert.equal(await known('unread'), true)
  })

  it('does not report heartbeats', async () => {
    const source = await use.open()
    const before = (await source.read(use.signal)).snapshot
    let changes = 0
    void source.watch(() => (changes += 1), use.signal)
    await use.watching()
    const {length} = use.api.requests
    use.api.put(apiNode('node-1', '10.2.0.1', '2030-01-31T12:05:00Z'))
    use.api.put(apiService('web', {annotations: {'kubectl.kubernetes.io/last-applied-configuration': '{}'}}))
    use.api.put(
      apiSlice('web', ['10.1.0.1'], {annotations: {'endpoints.kubernetes.io/last-change-trigger-time': 'x'}}),
    )
    use.api.put(apiNode('node-2', '10.2.0.2'))
    await waitFor(() => changes === 1, {what: 'the change that comes after them'})
    const after = (await source.read(use.signal)).snapshot
    assert.equal(after.services, before.services)
    assert.equal(after.endpointSlices, before.endpointSlices)
    assert.equal(after.nodes[0], before.nodes[0])
    assert.equal(use.api.requests.length, length)
  })

  it('stops reporting when the signal aborts', async () => {
    const source = await use.open()
    await source.read(use.signal)
    await use.watching()
    const stopping = new AbortController()
    let changes = 0
    const watching = source.watch(() => (changes += 1), stopping.signal)
    stopping.abort()
    await watching
    use.api.put(apiService('new'))
    await waitFor(async () => (await source.read(use.signal)).snapshot.services.length === 2, {
      what: 'the Service',
    })
    assert.equal(changes, 0)
    await source.watch(() => {}, stopping.signal)
  })

  it('returns when changes of endpoints were triggered, except for the first list', async () => {
    const triggered = (at: string) => ({
      annotations: {'endpoints.kubernetes.io/last-change-trigger-time': at},
    })
    use.api.put(apiSlice('web', ['10.1.0.1'], triggered('2030-01-31T12:00:00Z')))
    const source = await use.open()
    assert.deepEqual((await source.read(use.signal)).triggers, [])
    await use.watching()
    const times: number[] = []
    for (const [address, at] of [
      ['10.1.0.2', '2030-01-31T12:01:00Z'],
      ['10.1.0.3', '2030-01-31T12:02:00Z'],
    ] as const) {
      use.api.put(apiSlice('web', [address], triggered(at)))
      await waitFor(
        async () => {
          times.push(...((await source.read(use.signal)).triggers ?? []).map(({at}) => at))
          return times.includes(Date.parse(at))
        },
        {what: 'the time of the change'},
      )
    }
    assert.equal(times.length, 2)
  })

  it('reads each of the selected namespaces', async () => {
    use.api.put(apiService('a', {namespace: 'shop'}))
    use.api.put(apiService('b', {namespace: 'blog'}))
    use.api.put(apiService('c', {namespace: 'secret'}))
    const source = await use.open(['shop', 'blog', 'shop'])
    assert.deepEqual(outline(await source.read(use.signal)).services, ['blog/b', 'shop/a'])
    await waitFor(() => source.freshness().every(({lists, watches}) => watches === lists), {
      what: 'the watches',
    })
    assert.deepEqual([...new Set(use.api.requests.map(({path}) => path))].sort(), [
      '/api/v1/namespaces/blog/services',
      '/api/v1/namespaces/shop/services',
      '/api/v1/nodes',
      '/apis/discovery.k8s.io/v1/namespaces/blog/endpointslices',
      '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
    ])
    assert.deepEqual(
      source.freshness().map(({kind, lists, watches}) => [kind, lists, watches]),
      [
        ['Service', 2, 2],
        ['EndpointSlice', 2, 2],
        ['Node', 1, 1],
      ],
    )
  })

  it('reads Endpoints if there are no EndpointSlices', async () => {
    use.api.absentGroups.add('discovery.k8s.io')
    use.api.put(apiEndpoints('web', ['10.1.0.9']))
    const source = await use.open()
    const {snapshot} = await source.read(use.signal)
    assert.deepEqual([snapshot.endpointSlices, snapshot.endpoints.length], [[], 1])
    assert.deepEqual(snapshot.coverage, WITHOUT_SECRETS)
    assert.deepEqual(
      source.freshness().map(({kind}) => kind),
      ['Service', 'Endpoints', 'Node'],
    )
  })

  describe('without the right to read nodes', () => {
    beforeEach(() => {
      use.api.forbidden.add('list nodes')
    })

    it('reads the other kinds, and reports it', async () => {
      const source = await use.open()
      const {snapshot, diagnostics} = await source.read(use.signal)
      assert.deepEqual(snapshot.coverage, {...WITHOUT_SECRETS, nodes: 'forbidden'})
      assert.deepEqual([snapshot.services.length, snapshot.nodes], [1, []])
      assert.deepEqual(diagnostics, [
        {
          code: 'nodes-forbidden',
          severity: 'warning',
          message: 'the API server does not allow lbex to read Nodes, which upstream-type node requires',
          object: {kind: 'Node', name: '*'},
          hint: 'grant it with this rule in a ClusterRole: {apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"]}',
        },
      ])
    })

    it('reads them once the right is granted', async () => {
      const source = await use.open()
      await source.read(use.signal)
      let changes = 0
      void source.watch(() => (changes += 1), use.signal)
      use.api.forbidden.clear()
      await use.until('the nodes', () => changes > 0)
      const {snapshot, diagnostics} = await source.read(use.signal)
      assert.deepEqual([snapshot.coverage, snapshot.nodes.length], [WITHOUT_SECRETS, 1])
      await use.until('the watch', () => use.api.count('watch', 'nodes') === 1)
      await use.until('the end of the diagnostic', async () => {
        return (await source.read(use.signal)).diagnostics.length === 0
      })
      assert.ok(diagnostics.length <= 1)
    })

    it('does not wait for them after another failure', async () => {
      const source = await use.open()
      await source.read(use.signal)
      await use.watching(2)
      use.api.fault = ({plural}) => (plural === 'nodes' ? {kind: 'refuse', with: internalError} : undefined)
      await use.until('the other failure', () => {
        const node = source.freshness().find(({kind}) => kind === 'Node')
        return node?.failure !== undefined && node.failure.code !== 'api-forbidden'
      })
      let changes = 0
      void source.watch(() => (changes += 1), use.signal)
      use.api.put(apiService('late'))
      await use.until('the new Service', () => changes > 0)
      const reading = await source.read(use.signal)
      assert.deepEqual(outline(reading).services, ['default/late', 'default/web'])
      assert.deepEqual(
        reading.diagnostics.map(({code}) => code),
        ['nodes-forbidden'],
      )
    })

    it('keeps known nodes when the right is revoked', async () => {
      use.api.forbidden.clear()
      const source = await use.open()
      await source.read(use.signal)
      await use.watching()
      use.api.forbidden.add('list nodes').add('watch nodes')
      let changes = 0
      void source.watch(() => (changes += 1), use.signal)
      use.api.endWatches()
      await use.until('the diagnostic', () => changes > 0)
      const {snapshot, diagnostics} = await source.read(use.signal)
      assert.deepEqual([snapshot.coverage, snapshot.nodes.length], [WITHOUT_SECRETS, 1])
      assert.deepEqual(
        diagnostics.map(({code}) => code),
        ['nodes-forbidden'],
      )
    })
  })

  it('rejects with the failure, and resolves after recovery', async () => {
    use.api.forbidden.add('list services')
    const source = await use.open()
    await assert.rejects(source.read(use.signal), {code: 'api-forbidden', temporary: false})
    await assert.rejects(source.read(use.signal), {code: 'api-forbidden'})
    let changes = 0
    void source.watch(() => (changes += 1), use.signal)
    use.api.forbidden.clear()
    await use.until('the first sync', () => changes > 0)
    assert.equal(outline(await source.read(use.signal)).services.length, 1)
    assert.deepEqual(
      use.log.said.filter((line) => !line.startsWith('debug')),
      [],
    )
  })

  it('rejects for a temporary failure, too', async () => {
    use.api.fault = () => ({kind: 'refuse', with: internalError})
    const source = await use.open()
    await assert.rejects(source.read(use.signal), {code: 'api-error', temporary: true})
  })

  it('ends waiting when the signal aborts', async () => {
    use.api.fault = () => ({kind: 'hang'})
    const source = await use.open()
    const stopping = new AbortController()
    const reading = assert.rejects(source.read(stopping.signal), {name: 'AbortError'})
    await waitFor(() => use.api.requests.length === 3, {what: 'the requests'})
    stopping.abort()
    await reading
    await assert.rejects(source.read(stopping.signal), {name: 'AbortError'})
  })

  it('ends all activity when it is closed', async () => {
    const source = await use.open()
    await source.read(use.signal)
    await use.watching()
    await source.close()
    await waitFor(() => use.api.openWatches === 0, {what: 'the end of the watches'})
    const {length} = use.api.requests
    await use.clock.advance(600_000)
    assert.equal(use.api.requests.length, length)
  })

  it('ends waiting when it is closed', async () => {
    use.api.fault = () => ({kind: 'hang'})
    const source = await use.open()
    const reading = assert.rejects(source.read(use.signal), {name: 'AbortError'})
    const watching = source.watch(() => {}, use.signal)
    await waitFor(() => use.api.requests.length === 3, {what: 'the requests'})
    await source.close()
    await Promise.all([reading, watching])
  })

  it('returns the freshness of each kind', async () => {
    const source = await use.open()
    assert.deepEqual(
      source.freshness().map(({age}) => age),
      [undefined, undefined, undefined],
    )
    await source.read(use.signal)
    await use.watching()
    await use.clock.advance(60_000)
    assert.deepEqual(
      source.freshness().map(({age}) => age),
      [60_000, 60_000, 60_000],
    )
    use.api.bookmark()
    await waitFor(() => source.freshness().every(({age}) => age === 0), {what: 'the bookmarks'})
    await use.api.kill()
    await waitFor(() => source.freshness().every(({failure}) => failure !== undefined), {
      what: 'the failures',
    })
    assert.deepEqual(
      source.freshness().map(({failure}) => failure?.temporary),
      [true, true, true],
    )
  })

  it('rejects with a bug at the first reading, and retries', async () => {
    const clock = new FakeClock()
    const access = new ScriptedAccess(clock)
    access.onList = ({plural}) => {
      if (plural === 'nodes') throw new TypeError('a bug')
      return page([])
    }
    const source = createClusterSource({access: whole(access), clock, log: new FakeLog()})
    await assert.rejects(source.read(use.signal), {name: 'TypeError', message: 'a bug'})
    access.onList = () => page([])
    await clock.advance(60_000)
    assert.deepEqual((await source.read(use.signal)).snapshot.nodes, [])
    await source.close()
  })

  it('retries at once with new credentials on retryNow()', async () => {
    const clock = new FakeClock()
    const access = new ScriptedAccess(clock)
    let lists = 0
    let forgotten = 0
    access.onList = () => {
      lists += 1
      throw failing('api-refused')
    }
    const open = {...whole(access), forgetCredentials: () => void (forgotten += 1)}
    const source = createClusterSource({access: open, clock, log: new FakeLog()})
    await assert.rejects(source.read(use.signal), {code: 'api-refused'})
    await settled()
    assert.deepEqual([lists, forgotten], [3, 0])
    source.retryNow()
    await settled()
    assert.deepEqual([lists, forgotten], [6, 1])
    await source.close()
  })

  describe('after an outage', () => {
    let clock: FakeClock
    let access: ScriptedAccess
    let source: SnapshotSource
    let away: readonly string[]

    /** All kinds wait as long as they ever do. */
    beforeEach(async () => {
      clock = new FakeClock()
      access = new ScriptedAccess(clock)
      away = ['services', 'endpointslices', 'nodes']
      access.onList = ({plural}) => {
        if (away.includes(plural)) throw failing('api-refused')
        return page([])
      }
      // Nodes are asked for again long before the others.
      let kinds = 0
      const random = (): number => (kinds++ % 3 === 2 ? 0.9 : 0)
      source = createClusterSource({access: whole(access), clock, log: new FakeLog(), random})
      await assert.rejects(source.read(use.signal), {code: 'api-refused'})
      await clock.advance(100_000)
      access.asked.length = 0
    })
    afterEach(() => source.close())

    const untilAsked = async (): Promise<void> => {
      for (let step = 0; access.asked.length === 0 && step < 300; step += 1) await clock.advance(100)
    }

    it('requests every kind as soon as the server answers for one', async () => {
      away = []
      await untilAsked()
      await settled()
      assert.deepEqual(new Set(access.asked.map(({plural}) => plural)).size, 3)
      assert.deepEqual(new Set(access.asked.map(({at}) => at)).size, 1)
    })

    it('does not retry in a loop if every response is cut off', async () => {
      away = []
      const begun = clock.monotonic()
      access.onWatch = () => saying([], failing('api-connection'))
      await clock.advance(60_000)
      const asked = access.asked.filter(({plural}) => plural === 'services').length
      assert.ok(asked > 0 && asked <= (clock.monotonic() - begun) / 1000, `${asked} times`)
    })
  })
})

/** What a source is given, of an access that is scripted. */
function whole(access: ScriptedAccess) {
  return {
    list: access.list.bind(access),
    watch: access.watch.bind(access),
    get: async () => undefined,
    forgetCredentials() {},
    close() {},
  }
}
