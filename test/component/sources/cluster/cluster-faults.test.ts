/** What a source survives, each on real connections to the double: it is right again in the end, and says so on the way. */
import assert from 'node:assert/strict'
import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createClusterSource} from '../../../../src/sources/cluster/cluster-source.js'
import type {SnapshotSource} from '../../../../src/sources/snapshot-source.js'
import {apiNode, apiService, apiSlice} from '../../../support/api-double/objects.js'
import type {LoggedRequest} from '../../../support/api-double/api-double.js'
import type {Fault} from '../../../support/api-double/faults.js'
import {busy, internalError, tooOldVersion} from '../../../support/api-double/status.js'
import {loadLibrary, useDouble} from '../../../support/api-double/use-double.js'
import {temporaryFolder} from '../../../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {waitFor} from '../../../support/wait.js'
import {FakeClock} from '../../../unit/controller/fake-clock.js'
import {FakeLog} from '../../../unit/controller/fakes.js'
import {outline, useCluster} from './cluster-in-use.js'

describe('sources/cluster, when', () => {
  const use = useCluster()
  let source: SnapshotSource

  beforeEach(async () => {
    use.api.put(apiService('web'))
    use.api.put(apiSlice('web', ['10.1.0.1']))
    use.api.put(apiNode('node-1', '10.2.0.1'))
    source = await use.open()
  })

  /** In sync, with all watches open. */
  async function inSync(): Promise<void> {
    await source.read(use.signal)
    await use.watching()
  }

  async function services(): Promise<string[]> {
    return outline(await source.read(use.signal)).services
  }

  async function knows(name: string): Promise<boolean> {
    return (await services()).includes(`default/${name}`)
  }

  /** What goes wrong with the watches, until it is taken away. */
  function spoilWatches(fault: Fault): void {
    use.api.fault = ({verb}) => (verb === 'watch' ? fault : undefined)
  }

  const lists = (): number => use.api.count('list', 'services')

  it('the API server is down for an hour: the last state stays, and it catches up', async () => {
    await inSync()
    await use.api.kill()
    use.api.put(apiService('x-new'))
    await waitFor(() => source.freshness().every(({failure}) => failure !== undefined), {
      what: 'the failures',
    })
    for (let minute = 0; minute < 60; minute += 1) await use.clock.advance(60_000)
    assert.deepEqual(await services(), ['default/web'])
    assert.ok(source.freshness().every(({age}) => age === 3_600_000))
    await use.api.start()
    await use.until('the new Service', () => knows('x-new'))
    assert.equal(lists(), 1)
    await use.watching()
    const said = use.log.said.filter((line) => !line.startsWith('debug'))
    assert.ok(said.filter((line) => line.startsWith('warn')).length <= 6, said.join('\n'))
    assert.equal(said.filter((line) => line.startsWith('info')).length, 3)
  })

  it('the API server comes back without its history', async () => {
    await inSync()
    await use.api.kill()
    use.api.loseHistory()
    use.api.put(apiService('other'))
    await use.api.start()
    await use.until('the other Service', () => knows('other'))
    assert.deepEqual(await services(), ['default/other'])
    await use.until('the end of the others', async () => {
      const {endpoints, nodes} = outline(await source.read(use.signal))
      return endpoints.length + nodes.length === 0
    })
    await use.watching()
    use.api.put(apiService('later'))
    await use.until('a later Service', () => knows('later'))
  })

  it('the API server comes back without its history, and its numbers have caught up', async () => {
    await inSync()
    await use.api.kill()
    use.api.loseHistory()
    for (let change = 0; change < 20; change += 1) use.api.put(apiService('other', {port: 80 + change}))
    await use.api.start()
    await use.until('the other Service', () => knows('other'))
    assert.deepEqual(await services(), ['default/other'])
  })

  it('changes were compacted meanwhile: 410 in the stream', async () => {
    await inSync()
    await use.api.kill()
    use.api.put(apiService('x-new'))
    use.api.history.compact()
    await use.api.start()
    await use.until('the new Service', () => knows('x-new'))
    assert.equal(lists(), 2)
  })

  it('410 is the response to a watch', async () => {
    await inSync()
    let once = true
    use.api.fault = ({verb, plural}) => {
      if (verb !== 'watch' || plural !== 'services' || !once) return undefined
      once = false
      return {kind: 'refuse', with: {code: 410, body: JSON.stringify(tooOldVersion(1, 2))}}
    }
    use.api.endWatches()
    use.api.put(apiService('x-new'))
    await use.until('the new Service', () => knows('x-new'))
    assert.equal(lists(), 2)
  })

  it('410 is the response to a continue token', async () => {
    for (let index = 0; index < 600; index += 1) use.api.put(apiService(`many-${index}`))
    let once = true
    use.api.fault = ({verb}) => {
      if (verb === 'page' && once) {
        once = false
        use.api.history.compact()
      }
      return undefined
    }
    await assert.rejects(source.read(use.signal), {code: 'api-gone', temporary: true})
    await use.until('all Services', () =>
      source.read(use.signal).then(
        ({snapshot}) => snapshot.services.length === 601,
        () => false,
      ),
    )
    assert.deepEqual([lists(), use.api.count('page', 'services')], [2, 2])
  })

  for (const [what, fault] of [
    ['500', {kind: 'refuse', with: internalError}],
    ['429 with Retry-After', {kind: 'refuse', with: busy(5)}],
    ['resets', {kind: 'reset'}],
    ['HTML', {kind: 'refuse', with: {code: 200, body: '<html></html>'}}],
  ] as const) {
    it(`${what} is the only response for a while`, async () => {
      await inSync()
      use.api.fault = () => fault
      use.api.put(apiService('x-new'))
      const {length} = use.api.requests
      const start = use.clock.monotonic()
      use.api.cutConnections()
      await waitFor(() => use.api.openWatches === 0, {what: 'the end of the watches'})
      await use.until('some attempts', () => use.api.requests.length >= length + 9)
      const seconds = (use.clock.monotonic() - start) / 1000
      assert.ok(use.api.requests.length - length <= 3 * (seconds + 1), 'more than one a second for each kind')
      assert.deepEqual(await services(), ['default/web'])
      use.api.fault = undefined
      await use.until('the new Service', () => knows('x-new'))
      assert.equal(lists(), 1)
    })
  }

  it('the watches are silent: they are resumed within two minutes', async () => {
    spoilWatches({kind: 'mute'})
    await inSync()
    use.api.put(apiService('x-new'))
    await use.clock.advance(89_999)
    assert.equal(await knows('x-new'), false)
    use.api.fault = undefined
    await use.clock.advance(1)
    await use.until('the new Service', () => knows('x-new'))
    assert.ok(use.clock.monotonic() <= 120_000)
    assert.equal(lists(), 1)
  })

  it('the watches are always silent: lists are used', async () => {
    spoilWatches({kind: 'mute'})
    await inSync()
    use.api.put(apiService('x-new'))
    for (const count of [2, 3]) {
      await use.clock.advance(90_000)
      await use.until('the next watches', () => use.api.count('watch', 'services') === count)
    }
    await use.until('the new Service', () => knows('x-new'))
    assert.ok(use.clock.monotonic() <= 200_000)
    assert.equal(lists(), 2)
  })

  it('connections are accepted and never answered', async () => {
    await inSync()
    use.api.fault = () => ({kind: 'hang'})
    use.api.cutConnections()
    use.api.put(apiService('x-new'))
    await use.until('a request that hangs', () => use.api.count('probe', 'services') === 1)
    await waitFor(() => use.api.count('probe', 'nodes') === 1, {what: 'the requests that hang'}).catch(
      () => {},
    )
    await use.clock.advance(30_000)
    use.api.fault = undefined
    await use.until('the new Service', () => knows('x-new'))
    assert.ok(use.clock.monotonic() <= 120_000)
    assert.equal(lists(), 1)
  })

  for (const after of [0, 1, 50, 200, 400]) {
    it(`a watch is reset after ${after} bytes of an object`, async () => {
      spoilWatches({kind: 'cut', after})
      await inSync().catch(() => {})
      use.api.put(apiService('x-new'))
      await waitFor(() => source.freshness()[0]?.failure !== undefined, {what: 'the failure'})
      use.api.fault = undefined
      await use.until('the new Service', () => knows('x-new'))
      assert.equal(lists(), 1)
    })
  }

  it('a watch ends regularly in the middle of an object', async () => {
    await inSync()
    let once = true
    use.api.fault = ({verb, plural}) => {
      if (verb !== 'watch' || plural !== 'services' || !once) return undefined
      once = false
      return {kind: 'say', text: '{"type":"ADDED","object":{"metadata":{"name":"hal'}
    }
    use.api.put(apiService('x-new'))
    use.api.endWatches()
    await use.until('the new Service', () => knows('x-new'))
    assert.equal(lists(), 1)
  })

  for (const text of [
    'banana\n',
    '{"type":"ADDED"}\n',
    '{"type":"ERROR","object":{"kind":"Status","code":500}}\n',
  ]) {
    it(`a watch sends ${text.trim()}`, async () => {
      await inSync()
      let left = 5
      use.api.fault = ({verb}) => (verb === 'watch' && left-- > 0 ? {kind: 'say', text} : undefined)
      use.api.put(apiService('x-new'))
      use.api.endWatches()
      await use.until('the new Service', () => knows('x-new'))
    })
  }

  it('bytes come slowly', async () => {
    use.api.fault = () => ({kind: 'slow', piece: 50})
    await inSync()
    use.api.put(apiService('x-new', {annotations: {text: 'zwölf €🙂'.repeat(100)}}))
    await waitFor(() => knows('x-new'), {what: 'the new Service'})
    assert.equal(lists(), 1)
  })

  it('an annotation has a megabyte, and a slice a thousand endpoints', async () => {
    await inSync()
    const text = 'ü'.repeat(500_000)
    use.api.put(apiService('huge', {annotations: {text, 'loadbalancer.lbex/text': text}}))
    const addresses = Array.from({length: 1000}, (_, index) => `10.3.${index >> 8}.${index & 255}`)
    use.api.put(apiSlice('huge', addresses))
    const known = async () => outline(await source.read(use.signal))
    await waitFor(async () => (await known()).endpoints.length === 1001 && knows('huge'), {
      what: 'the Service and its slice',
    })
    const {snapshot} = await source.read(use.signal)
    const huge = snapshot.services.find(({ref}) => ref.name === 'huge')
    assert.deepEqual(huge?.annotations, {'loadbalancer.lbex/text': 'ü'.repeat(264)})
  })

  it('ten thousand Services come at once', async function () {
    this.timeout(INTEGRATION_TIMEOUT)
    await inSync()
    let changes = 0
    void source.watch(() => (changes += 1), use.signal)
    for (let index = 0; index < 10_000; index += 1) use.api.put(apiService(`many-${index}`))
    await waitFor(async () => (await services()).length === 10_001, {
      what: 'all of them',
      deadline: 50_000,
      every: 100,
    })
    assert.equal(changes, 10_000)
    assert.equal(use.api.count('page', 'services'), 0)
    // And once more, as a list.
    use.api.history.compact()
    await use.api.kill()
    use.api.remove(apiService('many-0'))
    use.api.history.compact()
    await use.api.start()
    await use.until('the list', async () => (await services()).length === 10_000)
    assert.equal(use.api.count('page', 'services'), 20 - 1)
  })
})

describe('sources/cluster, when a token expires', () => {
  before(loadLibrary)
  const use = useDouble()

  it('reads the new one and continues', async () => {
    const folder = await temporaryFolder()
    const tokenFile = join(folder.path, 'token')
    const kubeconfig = join(folder.path, 'config')
    await writeFile(tokenFile, 'first')
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'test',
        clusters: [{name: 'c', cluster: {server: use.api.url}}],
        users: [{name: 'u', user: {tokenFile}}],
        contexts: [{name: 'test', context: {cluster: 'c', user: 'u'}}],
      }),
    )
    use.api.tokens = ['first']
    use.api.put(apiService('web'))
    const [clock, log] = [new FakeClock(), new FakeLog()]
    const source = createClusterSource({access: await use.access({kubeconfig}, clock), clock, log})
    const {signal} = new AbortController()
    await source.read(signal)
    await waitFor(() => use.api.openWatches === 3, {what: 'the watches'})
    await writeFile(tokenFile, 'second')
    use.api.tokens = ['second']
    // They lasted, so that they are resumed at once.
    await clock.advance(30_000)
    use.api.endWatches()
    await waitFor(() => use.api.openWatches === 3, {what: 'the new watches'})
    use.api.put(apiService('x-new'))
    await waitFor(async () => (await source.read(signal)).snapshot.services.length === 2, {
      what: 'the Service',
    })
    assert.equal(use.api.count('list', 'services'), 1)
    const used = use.api.requests.map(({headers}: LoggedRequest) => headers.authorization)
    assert.equal(used.at(-1), 'Bearer second')
    assert.deepEqual(JSON.stringify(log.lines).match(/first|second/g), null)
    await source.close()
    await rm(folder.path, {recursive: true})
  })
})
