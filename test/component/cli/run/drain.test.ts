import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {drain} from '../../../../src/cli/run/drain.js'
import type {DrainFlags} from '../../../../src/cli/flags/drain.js'
import type {LogFlags} from '../../../../src/cli/flags/log.js'
import {startTcpBackend, type Backend} from '../../../support/backends.js'
import {serviceFile} from '../../../support/nginx-files.js'
import {NginxFixture} from '../../../support/nginx-fixture.js'
import {freePort} from '../../../support/ports.js'
import {askTcp} from '../../../support/traffic.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

const DONE = {output: '', notes: '', exitCode: 0}

describe('drain', () => {
  let fixture: NginxFixture
  let backend: Backend
  let port: number
  let flags: DrainFlags & LogFlags

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    backend = await startTcpBackend('backend')
    port = await freePort()
    flags = await flagsOf('--nginx-dir', fixture.directory, ...binaryFlags(fixture), '--log-level=error')
    const nginx = await fixture.open()
    await fixture.apply(nginx, serviceFile('a', {port, to: [backend.port]}))
    await fixture.leave(nginx)
  })
  afterEach(async () => {
    await fixture.close()
    await backend.close()
  })

  it('stops an NGINX that was left running, and keeps its configuration', async () => {
    assert.equal(await askTcp({port}), 'backend')
    assert.deepEqual(await drain(flags, []), DONE)
    assert.deepEqual(fixture.processes(), {masters: [], accepting: [], leaving: []})
    assert.ok(existsSync(fixture.layout.config))
    assert.deepEqual(await drain(flags, []), DONE)
  })

  it('fails if an lbex is running', async () => {
    await fixture.open()
    await assert.rejects(drain(flags, []), {name: 'Failure', code: 'directory-locked'})
    assert.equal(await askTcp({port}), 'backend')
  })

  it('does not create the folder', async () => {
    const directory = join(fixture.directory, 'none')
    assert.deepEqual(await drain({...flags, 'nginx-dir': directory}, []), DONE)
    assert.equal(existsSync(directory), false)
  })
})

function binaryFlags({binary, streamModule}: NginxFixture): string[] {
  return ['--nginx-bin', binary, ...(streamModule ? ['--nginx-module', streamModule] : [])]
}
