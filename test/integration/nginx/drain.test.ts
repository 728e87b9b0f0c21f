/** The end of connections to servers that are not used any more, with a real NGINX and real connections. */
import assert from 'node:assert/strict'
import {Drainer} from '../../../src/controller/drain/drainer.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {testDrain} from '../../../src/dataplane/nginx/drain/test-drain.js'
import {systemClock} from '../../../src/util/clock.js'
import {applyFiles} from '../../support/apply-files.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {Session} from '../../support/traffic.js'
import {translate} from '../../support/translate.js'
import {waitFor} from '../../support/wait.js'

/** Milliseconds. */
const DRAIN_TIMEOUT = 1000

type Served = {readonly name: string; readonly to: readonly Backend[]; readonly listen: number}

describe('drain-timeout', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  let drainer: Drainer
  let backends: Backend[] = []
  let ports: number[]
  const sessions: Session[] = []
  let ended = 0

  before(async function () {
    const result = await testDrain()
    skipBecause(this, result === 'works' ? undefined : `ss --kill does not work on this machine: ${result}`)
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    drainer = await openDrainer()
    backends = await Promise.all(['one', 'two', 'three'].map((name) => startTcpBackend(name)))
    ports = await freePorts(2)
  })

  after(async () => {
    for (const session of sessions) session.close()
    await drainer?.stop()
    await fixture?.close()
    await Promise.all(backends.map((backend) => backend.close()))
  })

  function openDrainer(): Promise<Drainer> {
    const {directory, log} = fixture
    const onEnded = (connections: number): void => void (ended += connections)
    return Drainer.open({directory, nginx, clock: systemClock, log, onEnded})
  }

  /** Has NGINX serve these, with a reload. `web` has a drain timeout. */
  async function serve(...services: readonly Served[]): Promise<void> {
    const parts = services.flatMap(({name, to, listen}) => [
      aService(name)
        .annotated({
          'upstream-type': 'pod',
          ...(name === 'web' && {'drain-timeout': `${DRAIN_TIMEOUT}ms`}),
        })
        .port('main', 1, {listen}),
      ...to.map(({name: own, port}) =>
        aSlice(name).named(`${name}-${own}`).port('main', port).endpoints(anEndpoint('127.0.0.1')),
      ),
    ])
    const snapshot = aSnapshot(parts)
    const {streamModule, directory} = fixture
    const settings = options({directory, allowLocalEndpoints: true, openFiles: 4096})
    const translation = translate(snapshot, {
      ...settings,
      listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []},
      nginx: {...settings.nginx, ...(streamModule !== undefined && {streamModule})},
    })
    const applied = await applyFiles(nginx, translation.files, new AbortController().signal)
    drainer.update({applied, translation, snapshot, triggers: [], diagnostics: []})
  }

  async function openSession(port: number): Promise<Session> {
    const session = await Session.open({port})
    sessions.push(session)
    return session
  }

  it('ends connections of old and new workers to a removed server in time, and no others', async () => {
    const [one, two, three] = backends as [Backend, Backend, Backend]
    const [web = 0, plain = 0] = ports
    await serve({name: 'web', to: [one, two], listen: web}, {name: 'plain', to: [three], listen: plain})
    const through: Session[] = []
    // Each worker chooses by itself.
    while (one.open === 0 || two.open === 0) through.push(await openSession(web))
    const [drained, remaining] = [one.open, two.open]
    const others = [await openSession(plain), await openSession(one.port)]
    const begun = performance.now()
    await serve({name: 'web', to: [two], listen: web}, {name: 'plain', to: [], listen: plain})
    await waitFor(() => through.some(({closed}) => closed), {what: 'the end of a drained connection'})
    assert.ok(performance.now() - begun >= DRAIN_TIMEOUT, 'it ended too early')
    await waitFor(() => ended > 0, {what: 'the count of the drained connections'})
    await waitFor(() => one.open === 1, {what: 'the end of all drained connections'})
    assert.deepEqual([ended, two.open, three.open], [drained, remaining, 1])
    const alive = await Promise.all([...through, ...others].map((session) => session.isAlive()))
    assert.equal(alive.filter(Boolean).length, remaining + others.length)
    assert.deepEqual(fixture.log.messages('error'), [])
  })

  it('continues after a restart of lbex, with the NGINX that it adopts', async () => {
    const [one, two] = backends as [Backend, Backend]
    const [web = 0] = ports
    await serve({name: 'web', to: [one], listen: web})
    const session = await openSession(web)
    await drainer.stop()
    await fixture.leave(nginx)
    nginx = await fixture.open()
    drainer = await openDrainer()
    await serve({name: 'web', to: [two], listen: web})
    await waitFor(() => session.closed, {what: 'the end of the drained connection'})
  })
})
