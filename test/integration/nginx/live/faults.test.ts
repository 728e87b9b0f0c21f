/** Faults around a change without a reload: NGINX or lbex ends, NGINX does not take the change, another user tries one. */
import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmod, rm} from 'node:fs/promises'
import {startTcpBackend, startUdpBackend, type Backend} from '../../../support/backends.js'
import {LiveStage, type LiveWorld} from '../../../support/live-stage.js'
import {freePorts} from '../../../support/ports.js'
import {skipBecause, whyNotRoot} from '../../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {askTcp, askUdp} from '../../../support/traffic.js'
import {waitFor} from '../../../support/wait.js'
import type {DataPlane} from '../../../../src/dataplane/data-plane.js'

describe('a change of servers without a reload', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let stage: LiveStage
  let nginx: DataPlane
  let backends: Backend[]
  let listen: number
  let more: number

  beforeEach(async function () {
    stage = await LiveStage.make(this, 'trixie')
    backends = [await startTcpBackend('a'), await startTcpBackend('b')]
    ;[listen = 0, more = 0] = await freePorts(2)
    nginx = await stage.open()
    await stage.apply(nginx, world('a'))
  })

  afterEach(async () => {
    for (const backend of backends ?? []) await backend.close()
    await stage?.close()
  })

  function world(name: string, extra: LiveWorld = {}): LiveWorld {
    const to = backends.filter((backend) => backend.name === name).map(({port}) => port)
    return {web: {listen, to}, ...extra}
  }

  async function goLive(name = 'b'): Promise<void> {
    assert.equal((await stage.apply(nginx, world(name))).reloads, 0)
    await expectAnswers(name)
  }

  /** From several connections, because each may be of another worker. */
  async function expectAnswers(name: string): Promise<void> {
    const answers = await Promise.all(Array.from({length: 6}, () => askTcp({port: listen})))
    assert.deepEqual([...new Set(answers.map((text) => text.trim()))], [name])
  }

  const isServing = (): boolean => nginx.status().serving

  it('is not lost if NGINX is killed', async () => {
    await goLive()
    await stage.fixture.kill()
    await waitFor(() => !isServing(), {what: 'lbex to notice'})
    await waitFor(isServing, {what: 'a new NGINX'})
    await expectAnswers('b')
    assert.deepEqual(nginx.live(), {upstreams: 0, working: true})
    await goLive('a')
  })

  it('is served on if lbex ends, and taken over by the next one', async () => {
    await goLive()
    await stage.fixture.leave(nginx)
    nginx = await stage.open()
    await expectAnswers('b')
    assert.deepEqual(nginx.live(), {upstreams: 1, working: true})
    assert.equal((await stage.apply(nginx, world('b'))).reloads, 0)
    await expectAnswers('b')
    await goLive('a')
  })

  it('is the first change of the next lbex, too', async () => {
    await stage.fixture.leave(nginx)
    nginx = await stage.open()
    await goLive()
    assert.deepEqual(nginx.live(), {upstreams: 1, working: true})
    await goLive('a')
    assert.deepEqual(nginx.live(), {upstreams: 0, working: true})
    const wanted = world('a', {more: {listen: more, to: [backends[0]?.port ?? 0]}})
    assert.equal((await stage.apply(nginx, wanted)).reloads, 1)
  })

  it('is undone without a reload if the next lbex wants what NGINX has loaded', async () => {
    await goLive()
    await stage.fixture.leave(nginx)
    nginx = await stage.open()
    const {reloads, changed, live} = await stage.apply(nginx, world('a'))
    assert.deepEqual({reloads, changed, live}, {reloads: 0, changed: true, live: true})
    await expectAnswers('a')
    assert.deepEqual(nginx.live(), {upstreams: 0, working: true})
    assert.equal((await stage.apply(nginx, world('a'))).changed, false)
  })

  it('is not lost if lbex ends and then NGINX, while the next lbex cannot read the cluster', async () => {
    await goLive()
    await stage.fixture.leave(nginx)
    nginx = await stage.open()
    await stage.fixture.kill()
    await waitFor(() => !isServing(), {what: 'lbex to notice'})
    await waitFor(isServing, {what: 'a new NGINX'})
    await expectAnswers('b')
  })

  it('becomes a reload if NGINX does not take it, until it does again', async () => {
    await goLive()
    await rm(stage.fixture.layout.liveSocket)
    assert.equal((await stage.apply(nginx, world('a'))).reloads, 1)
    await expectAnswers('a')
    assert.deepEqual(nginx.live(), {upstreams: 0, working: false})
    assert.equal((await stage.apply(nginx, world('b'))).reloads, 1)
    await expectAnswers('b')
    await stage.fixture.kill()
    await waitFor(() => nginx.live()?.working && isServing(), {what: 'a new NGINX that takes changes'})
    await goLive('a')
  })

  it('survives a reload that NGINX refuses', async () => {
    await goLive()
    const {files, idle = []} = stage.translate(world('b'))
    const [main, ...others] = files
    assert.ok(main)
    const bad = {...main, text: main.text.replace('daemon off;', 'daemon off; nonsense;')}
    await assert.rejects(nginx.prepare([bad, ...others], new AbortController().signal, {idle}))
    await expectAnswers('b')
    await goLive('a')
  })

  it('goes live while the rest of a change waits for a reload', async () => {
    const wanted = world('b', {more: {listen: more, to: [backends[0]?.port ?? 0]}})
    const {reloads, deferred, waiting} = await stage.apply(nginx, wanted, {reload: false})
    assert.deepEqual({reloads, deferred}, {reloads: 0, deferred: true})
    assert.deepEqual(
      waiting?.map(({name}) => name),
      ['more'],
    )
    await expectAnswers('b')
    await assert.rejects(askTcp({port: more}))
    assert.equal((await stage.apply(nginx, wanted)).reloads, 1)
    await expectAnswers('b')
    assert.equal((await askTcp({port: more})).trim(), 'a')
  })

  it('is reported when it is undone before the reload for the rest', async () => {
    const wanted = world('b', {more: {listen: more, to: [backends[0]?.port ?? 0]}})
    assert.equal((await stage.apply(nginx, wanted, {reload: false})).live, true)
    const {reloads, live, deferred} = await stage.apply(nginx, world('a'), {reload: false})
    assert.deepEqual({reloads, live, deferred}, {reloads: 0, live: true, deferred: undefined})
    await expectAnswers('a')
    assert.equal(nginx.consolidationDue(), Infinity)
  })

  it('is written into the configuration when it is due', async () => {
    await stage.fixture.leave(nginx)
    nginx = await stage.open({live: {mode: 'on', consolidateAfter: 0}})
    await stage.apply(nginx, world('a'))
    await goLive()
    assert.equal(nginx.consolidationDue(), 0)
    assert.deepEqual(
      await stage.prepare(nginx, world('b'), {reload: false}).then(({deferred}) => deferred),
      true,
    )
    assert.equal((await stage.apply(nginx, world('b'))).reloads, 1)
    assert.equal(nginx.consolidationDue(), Infinity)
    await expectAnswers('b')
  })

  it('waits for a reload if the Service has affinity', async () => {
    const to = backends.map(({port}) => port)
    await stage.apply(nginx, {web: {listen, to, affinity: true}})
    assert.equal((await stage.apply(nginx, {web: {listen, to: to.slice(1), affinity: true}})).reloads, 1)
    await expectAnswers('b')
    assert.equal((await stage.apply(nginx, {web: {listen, to: [], affinity: true}})).reloads, 0)
    await assert.rejects(askTcp({port: listen}), /closed without an answer/)
  })

  it('reaches new UDP sessions, and none while there is no server', async () => {
    const [one, two] = [await startUdpBackend('one'), await startUdpBackend('two')]
    backends.push(one, two)
    const udp = (to: number[]): LiveWorld => ({dns: {listen: more, to, protocol: 'UDP'}})
    await stage.apply(nginx, udp([one.port]))
    assert.equal(await askUdp({port: more}, 'hi'), 'one hi')
    assert.equal((await stage.apply(nginx, udp([two.port]))).reloads, 0)
    assert.equal(await askUdp({port: more}, 'hi'), 'two hi')
    assert.equal((await stage.apply(nginx, udp([]))).reloads, 0)
    assert.equal(await askUdp({port: more}, 'hi', 300), undefined)
  })

  it('cannot be made by another user', async function () {
    skipBecause(this, whyNotRoot('become another user'))
    const {directory, liveSocket} = stage.fixture.layout
    await chmod(directory, 0o755)
    const program = `require('net').connect(${JSON.stringify(liveSocket)})
      .on('connect', () => console.log('connected')).on('error', ({code}) => console.log(code))`
    const child = spawn(process.execPath, ['-e', program], {uid: 65_534, gid: 65_534, cwd: '/'})
    const [output] = (await once(child.stdout, 'data')) as [Buffer]
    assert.equal(output.toString().trim(), 'EACCES')
  })
})
