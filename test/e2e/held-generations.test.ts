/**
 * Ten minutes of churn in which a session without an end keeps every generation alive, in ten seconds: the clock of the loop
 * runs sixty times as fast as that of NGINX. What happens at the limit of 256 is proven in test/integration/nginx/reloads.test.ts.
 */
import assert from 'node:assert/strict'
import {DEFAULT_LOOP_OPTIONS, runLoop} from '../../src/controller/loop.js'
import {newStatus} from '../../src/controller/status.js'
import {childrenOf} from '../../src/dataplane/nginx/process/processes.js'
import {systemClock, type Clock} from '../../src/util/clock.js'
import type {WrittenTranslation} from '../../src/controller/reconcile.js'
import {serviceFile} from '../support/nginx-files.js'
import {NginxFixture} from '../support/nginx-fixture.js'
import {RemoteTraffic} from '../support/nginx-traffic.js'
import {freePorts} from '../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {Session} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {FakeSource} from '../unit/controller/fakes.js'

const SPEED = 60
const TEN_MINUTES = 600_000
const ENOUGH = 64

const fastClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => SPEED * systemClock.monotonic(),
  delay: (milliseconds, signal) => systemClock.delay(milliseconds / SPEED, signal),
}

describe('end to end, while every generation is kept alive by a session', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let traffic: RemoteTraffic

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    traffic = await RemoteTraffic.open()
  })
  afterEach(async () => {
    await traffic.close()
    await fixture.close()
  })

  it(`the reload interval increases, which is logged, so that NGINX has at most ${ENOUGH} children; no connection fails`, async () => {
    const [port = 0, other = 0] = await freePorts(2)
    const nginx = await fixture.open()
    const sessions: Session[] = []
    const counts: number[] = []
    let turns = 0

    /** Each reading asks for another answer at the other port. */
    const translate = (): WrittenTranslation => ({
      loadBalancer: {services: [], shared: []},
      services: [],
      diagnostics: [],
      files: [
        fixture.main({workers: 1, shutdownTimeout: 3600}),
        serviceFile('stable', {port, to: [traffic.backendPort]}),
        serviceFile('other', {port: other, answer: `${++turns}`}),
      ],
    })
    const source = new FakeSource()
    /** The generation that is served is held before there is a next. */
    source.onRead = async () => {
      if (turns === 1) await traffic.start({port, perSecond: 100, limit: 10_000, sessions: 5})
      if (turns > 0) sessions.push(await Session.open({port}))
      const {pid} = nginx.status()
      if (pid !== undefined) counts.push(childrenOf(pid).length)
    }
    const stopping = new AbortController()
    const churn = setInterval(() => source.change(), 1000 / SPEED)
    const loop = runLoop(
      {
        source,
        translate,
        nginx,
        log: fixture.log,
        clock: fastClock,
        status: newStatus(),
        onReconciled: () => {},
      },
      DEFAULT_LOOP_OPTIONS,
      stopping.signal,
    )
    await fastClock.delay(TEN_MINUTES)
    // A slow machine does not reload as often in that time.
    await waitFor(() => fixture.log.messages('warn').length > 0, {what: 'reloads to become rarer'})
    clearInterval(churn)
    stopping.abort()
    await loop

    const most = Math.max(...counts)
    assert.ok(most > 16 && most <= ENOUGH, `${most} children`)
    assert.deepEqual(fixture.log.messages('warn'), [
      'reload interval increased: old workers still hold connections',
    ])
    assert.deepEqual(
      await Promise.all(sessions.map((session) => session.isAlive())),
      sessions.map(() => true),
    )
    const {failed, problems, sessionsAlive} = await traffic.stop()
    assert.deepEqual({failed, problems, sessionsAlive}, {failed: 0, problems: {}, sessionsAlive: 5})
    for (const session of sessions) session.close()
  })
})
