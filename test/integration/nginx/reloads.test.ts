import assert from 'node:assert/strict'
import {childrenOf} from '../../../src/dataplane/nginx/process/processes.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {applyFiles} from '../../support/apply-files.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {openSessions, Pump, Session} from '../../support/traffic.js'

describe('many reloads', () => {
  let fixture: NginxFixture
  let backend: Backend
  let ports: number[]

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    backend = await startTcpBackend('backend')
    ports = await freePorts(2)
  })

  afterEach(async () => {
    await fixture.close()
    await backend.close()
  })

  const port = (index: number): number => ports[index] as number
  const children = (nginx: DataPlane): number => childrenOf(nginx.status().pid as number).length

  it('sixty of them fail no connection and no session, and leave old workers only for generations with sessions', async () => {
    const nginx = await fixture.open()
    const stable = serviceFile('stable', {port: port(0), to: [backend.port]})
    await fixture.apply(nginx, stable)
    const sessions = await openSessions({port: port(0)}, 50)
    const pump = new Pump({targets: [{port: port(0)}], perSecond: 200, limit: 10_000})
    for (let round = 0; round < 60; round++) {
      const applied = await fixture.apply(
        nginx,
        stable,
        serviceFile('changing', {port: port(1), answer: `${round}`}),
      )
      assert.equal(applied.reloads, 1)
      assert.equal(nginx.status().generation, applied.generation)
    }
    const result = await pump.stop()
    assert.deepEqual([result.failed, result.problems], [0, {}])
    assert.ok(result.succeeded > 500)
    assert.deepEqual(
      await Promise.all(sessions.map((session) => session.isAlive())),
      sessions.map(() => true),
    )
    // Connections are short, so old workers without a session end soon.
    assert.ok(children(nginx) <= 10, `${children(nginx)} children`)
    assert.equal(nginx.reloadPressure(), 0)
    for (const session of sessions) session.close()
  }).timeout(INTEGRATION_TIMEOUT)

  it('at most the limit of workers hold sessions: then lbex ends the oldest with a warning', async () => {
    const nginx = await fixture.open({maxChildren: 10})
    const sessions: Session[] = []
    const counts: number[] = []
    for (let round = 0; round < 14; round++) {
      const main = fixture.main({workers: 1})
      const file = serviceFile('a', {
        port: port(0),
        to: [backend.port],
        extra: `# ${round}\nmap $remote_port $x${round} {}`,
      })
      await applyFiles(nginx, [main, file], new AbortController().signal)
      sessions.push(await Session.open({port: port(0)}))
      counts.push(children(nginx))
    }
    assert.equal(Math.max(...counts), 10)
    const alive = await Promise.all(sessions.map((session) => session.isAlive()))
    assert.deepEqual(
      alive,
      sessions.map((_, index) => index >= 4),
    )
    const warnings = fixture.log.entries.filter(({level}) => level === 'warn')
    assert.deepEqual(
      warnings.map(({fields}) => fields.ended),
      [1, 1, 1, 1],
    )
    assert.equal(nginx.reloadPressure(), 60_000)
    for (const session of sessions) session.close()
  }).timeout(INTEGRATION_TIMEOUT)
})
