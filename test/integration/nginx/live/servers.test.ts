/** Servers change without a reload, on each NGINX that can do that. */
import assert from 'node:assert/strict'
import {LiveChannel} from '../../../../src/dataplane/nginx/live/channel.js'
import {readKey} from '../../../../src/dataplane/nginx/live/key.js'
import {startTcpBackend, type Backend} from '../../../support/backends.js'
import {LiveStage, type LiveWorld} from '../../../support/live-stage.js'
import {NGINX_SUITES} from '../../../support/nginx-binary.js'
import {freePorts} from '../../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {askTcp, Pump} from '../../../support/traffic.js'
import type {DataPlane} from '../../../../src/dataplane/data-plane.js'

const LIVE = {reloads: 0, changed: true}

for (const suite of NGINX_SUITES) {
  describe(`servers of a Service on the NGINX of ${suite}`, function () {
    this.timeout(INTEGRATION_TIMEOUT)
    let stage: LiveStage
    let nginx: DataPlane
    let backends: Backend[]
    let ports: number[]
    let listen: number
    let other: number

    before(async function () {
      stage = await LiveStage.make(this, suite)
      backends = [await startTcpBackend('a'), await startTcpBackend('b'), await startTcpBackend('c')]
      ports = backends.map(({port}) => port)
      ;[listen = 0, other = 0] = await freePorts(2)
      nginx = await stage.open()
      await stage.apply(nginx, world([0]))
    })

    after(async () => {
      for (const backend of backends ?? []) await backend.close()
      await stage?.close()
    })

    /** A Service with the backends of these indexes, and another one. */
    function world(indexes: readonly number[], extra: LiveWorld = {}): LiveWorld {
      const to = indexes.map((index) => ports[index] ?? 0)
      return {web: {listen, to}, other: {listen: other, to: [ports[1] ?? 0]}, ...extra}
    }

    async function apply(
      ...parameters: Parameters<typeof world>
    ): Promise<{reloads: number; changed: boolean}> {
      const {reloads, changed} = await stage.apply(nginx, world(...parameters))
      return {reloads, changed}
    }

    /** Which backends answer, each once. */
    async function answers(count: number, port = listen): Promise<string> {
      const words = await Promise.all(Array.from({length: count}, () => askTcp({port})))
      return [...new Set(words.map((word) => word.trim()))].sort().join('')
    }

    it('change at once in all workers, while the others stay', async () => {
      assert.deepEqual(await apply([1, 2]), LIVE)
      assert.equal(await answers(20), 'bc')
      assert.equal(await answers(4, other), 'b')
      assert.deepEqual(await apply([1, 2]), {reloads: 0, changed: false})
      assert.deepEqual(await apply([0]), LIVE)
      assert.equal(await answers(4), 'a')
      assert.equal(nginx.live()?.upstreams, 0)
    })

    it('refuse clients while there is none, and come back', async () => {
      assert.deepEqual(await apply([]), LIVE)
      await assert.rejects(askTcp({port: listen}), /closed without an answer/)
      assert.deepEqual(await apply([2]), LIVE)
      assert.equal(await answers(4), 'c')
    })

    it('stay the same when a reload for something else contains them', async () => {
      assert.deepEqual(await apply([1]), LIVE)
      const [more = 0] = await freePorts(1)
      const extra = {more: {listen: more, to: [ports[2] ?? 0]}}
      assert.deepEqual(await apply([1], extra), {reloads: 1, changed: true})
      assert.equal(await answers(4), 'b')
      assert.equal(nginx.live()?.upstreams, 0)
      assert.deepEqual(await apply([1]), {reloads: 1, changed: true})
    })

    it('are read back, however many have changed', async () => {
      const {liveSocket, liveKey} = stage.fixture.layout
      const {word = ''} = (await readKey(liveKey)) ?? {}
      const channel = new LiveChannel(liveSocket)
      const entry = `11:${Array.from({length: 20}, (_, index) => `10.0.0.1:${10 + index}`).join('')}`
      const set = new Map(Array.from({length: 4000}, (_, index) => [`many_${index}`, entry]))
      const {revision} = await channel.read(word)
      await channel.write(word, {revision: revision + 1, set, remove: []})
      for (let round = 0; round < 5; round += 1) {
        const {entries} = await channel.read(word)
        const many = [...entries.keys()].filter((name) => name.startsWith('many_'))
        assert.equal(many.length, set.size)
      }
      await channel.write(word, {revision: revision + 2, set: new Map(), remove: [...set.keys()]})
    })

    it('change under traffic without a failed connection', async () => {
      const pump = new Pump({targets: [{port: listen}], perSecond: 300, limit: 2000})
      for (let round = 0; round < 20; round += 1) {
        assert.deepEqual(await apply([round % 3, (round + 1) % 3]), LIVE)
        await answers(2)
      }
      const {failed, succeeded} = await pump.stop()
      assert.deepEqual({failed, some: succeeded > 0}, {failed: 0, some: true})
    })
  })
}
