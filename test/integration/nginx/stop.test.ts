import assert from 'node:assert/strict'
import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePort} from '../../support/ports.js'
import {askTcp, Session} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

const NOTHING = {masters: [], accepting: [], leaving: []}

describe('a stop', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let backend: Backend
  let port: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    backend = await startTcpBackend('backend')
    port = await freePort()
    await fixture.apply(nginx, serviceFile('a', {port, to: [backend.port]}))
  })

  afterEach(async () => {
    await fixture.close()
    await backend.close()
  })

  it('drains: no connection is accepted, a session ends by itself, and no process is left', async () => {
    const session = await Session.open({port})
    const draining = fixture.drain(nginx, 20_000)
    await waitFor(() => fixture.processes().accepting.length === 0, {what: 'NGINX to stop accepting'})
    await assert.rejects(askTcp({port}), /ECONNREFUSED/)
    assert.equal(await session.isAlive(), true)
    session.close()
    await draining
    assert.deepEqual(fixture.processes(), NOTHING)
    assert.deepEqual((await readdir(join(fixture.directory, 'run'))).sort(), ['start.log'])
    assert.deepEqual(fixture.log.messages('warn'), [])
  })

  it('closes connections that do not end in time, also of earlier generations', async () => {
    const old = await Session.open({port})
    await fixture.apply(
      nginx,
      serviceFile('a', {port, to: [backend.port], extra: '# changed\nmap $remote_addr $x {}'}),
    )
    const session = await Session.open({port})
    await fixture.drain(nginx, 200)
    assert.deepEqual(fixture.processes(), NOTHING)
    await waitFor(() => old.closed && session.closed, {what: 'the sessions to be closed'})
    assert.deepEqual(fixture.log.messages('warn'), ['connections did not finish in time and are closed'])
  })

  it('drains although its folder was removed', async () => {
    await rm(fixture.directory, {recursive: true})
    await fixture.drain(nginx, 5000)
    assert.deepEqual(fixture.processes(), NOTHING)
    await assert.rejects(askTcp({port}), /ECONNREFUSED/)
  })

  it('leaves: NGINX goes on, and the next lbex can adopt it', async () => {
    const session = await Session.open({port})
    await fixture.leave(nginx)
    assert.equal(await askTcp({port}), 'backend')
    assert.equal(await session.isAlive(), true)
    session.close()
    nginx = await fixture.open()
    assert.equal(nginx.status().serving, true)
  })

  it('aborts the current apply, and refuses later ones', async () => {
    const applying = fixture.apply(nginx, serviceFile('b', {port}))
    const failing = assert.rejects(applying, {code: 'nginx-stopping'})
    await fixture.drain(nginx, 5000)
    await failing
    assert.deepEqual(fixture.processes(), NOTHING)
    await assert.rejects(fixture.apply(nginx, serviceFile('b', {port})), {code: 'nginx-stopping'})
  })

  it('drains although NGINX never ran', async () => {
    const other = await NginxFixture.make()
    try {
      await other.drain(await other.open(), 1000)
      assert.deepEqual(other.processes(), NOTHING)
    } finally {
      await other.close()
    }
  })
})
