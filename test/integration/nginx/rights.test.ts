import assert from 'node:assert/strict'
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {capabilitiesOf} from '../../../src/dataplane/nginx/host/capabilities.js'
import type {ProcessRef} from '../../../src/dataplane/nginx/process/processes.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import type {OnceOrder, OnceReport} from '../../support/nginx-once-process.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause, whyNoProgram, whyNotRoot} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {askTcp, Session} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

const ENTRY = fileURLToPath(new URL('../../support/nginx-once-process.ts', import.meta.url))

/** As `ProtectProc=invisible` of a unit does. `gid`: members of a group that is not root see all. */
const HIDDEN = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount -t proc -o hidepid=invisible,gid=65534 proc /proc && exec "$@"',
  'sh',
]

describe('NGINX with other rights than lbex', function () {
  // Two or three processes of lbex for each.
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let backend: Backend
  let port: number

  beforeEach(async function () {
    skipBecause(this, whyNotRoot('change its capabilities') ?? whyNoProgram('setpriv', 'util-linux'))
    skipBecause(this, whyNotHidden())
    fixture = await NginxFixture.make()
    backend = await startTcpBackend('old')
    ;[port] = (await freePorts(1)) as [number]
  })

  afterEach(async () => {
    await fixture.close()
    await backend.close()
  })

  /** An lbex with these capabilities and no others, which ends when it has done what it was told to. */
  async function lbexWith(
    capabilities: string,
    order: Pick<OnceOrder, 'service' | 'end'>,
  ): Promise<OnceReport> {
    const {directory, binary, streamModule} = fixture
    const [command = '', ...parameters] = [
      ...HIDDEN,
      ...['setpriv', `--bounding-set=-all${capabilities}`, '--inh-caps=-all'],
      ...[process.execPath, '--import', 'tsx', ENTRY],
      JSON.stringify({directory, binary, streamModule, ...order} satisfies OnceOrder),
    ]
    const child = spawn(command, parameters, {stdio: ['ignore', 'pipe', 'inherit']})
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return JSON.parse(output) as OnceReport
  }

  const masters = (): readonly ProcessRef[] => fixture.processes().masters

  it('is replaced by the next lbex that cannot see it, never joined by a second one', async () => {
    await lbexWith(',+net_raw', {service: {port, to: [backend.port]}, end: 'leave'})
    const [first] = masters()
    assert.ok(first)
    assert.ok((await capabilitiesOf(first.pid)).has('CAP_NET_RAW'))
    const session = await Session.open({port})
    const report = await lbexWith('', {service: {port, answer: 'new'}, end: 'leave'})
    assert.deepEqual(report, {
      diagnostics: [],
      warnings: ['NGINX is replaced: /proc does not show its master'],
    })
    assert.equal(await askTcp({port}), 'new')
    assert.equal(await session.isAlive(), true)
    session.close()
    await waitFor(() => masters().length === 1, {what: 'the end of the first master'})
    assert.notEqual(masters()[0]?.pid, first.pid)
  })

  it('is drained although it cannot be seen', async () => {
    await lbexWith(',+net_raw', {service: {port, answer: 'old'}, end: 'leave'})
    assert.equal(masters().length, 1)
    await lbexWith('', {end: 'drain'})
    assert.deepEqual(fixture.processes(), {masters: [], accepting: [], leaving: []})
  })

  it('has lbex say that an adopted one lacks a capability, and how it gets it', async () => {
    await lbexWith('', {service: {port, answer: 'old'}, end: 'leave'})
    const {warnings} = await lbexWith(',+net_raw', {end: 'leave'})
    assert.deepEqual(warnings, [
      'NGINX was started without capabilities that lbex has: a restart of lbex alone keeps it',
    ])
  })

  it('is not started beside one that nothing is known of', async () => {
    const nginx = await fixture.open()
    const unknown = createServer().listen(fixture.layout.versionSocket)
    try {
      await once(unknown, 'listening')
      await rm(fixture.layout.pidFile, {force: true})
      await writeFile(fixture.layout.pidFile, `${process.pid}\n`)
      const failure = {code: 'nginx-unseen', temporary: true}
      await assert.rejects(fixture.apply(nginx, serviceFile('a', {port})), failure)
      assert.deepEqual(masters(), [])
    } finally {
      unknown.close()
    }
    await fixture.apply(nginx, serviceFile('a', {port}))
    assert.equal(masters().length, 1)
  })
})

function whyNotHidden(): string | undefined {
  const [command = '', ...parameters] = [...HIDDEN, 'true']
  const {status} = spawnSync(command, parameters)
  return status === 0 ? undefined : 'this system lets nobody mount a /proc that hides processes'
}
