import assert from 'node:assert/strict'
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {capabilitiesOf} from '../../../src/dataplane/nginx/host/linux-capabilities.js'
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

/** As `ProtectProc=invisible` of a unit does. `gid`: members of that group see all processes. */
const HIDDEN = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount -t proc -o hidepid=invisible,gid=65534 proc /proc && exec "$@"',
  'sh',
]

const REPLACED = 'NGINX is replaced: /proc does not show its master'

/** The first parameter is the process id. */
const HIDING_ONE = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs none "/proc/$1" && shift && exec "$@"',
  'sh',
]

describe('NGINX with other rights than lbex', function () {
  // Each test starts two or three processes of lbex.
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

  /** The report of an lbex that is started by `command`, and ends after its order. */
  async function runLbex(
    [command = '', ...parameters]: readonly string[],
    order: Pick<OnceOrder, 'service' | 'end'>,
  ): Promise<OnceReport> {
    const {directory, binary, streamModule} = fixture
    const child = spawn(
      command,
      [
        ...parameters,
        ...[process.execPath, '--import', 'tsx', ENTRY],
        JSON.stringify({directory, binary, streamModule, ...order} satisfies OnceOrder),
      ],
      {stdio: ['ignore', 'pipe', 'inherit']},
    )
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return JSON.parse(output) as OnceReport
  }

  /** An lbex that cannot see this one process. */
  const lbexWithout = (pid: number, order: Pick<OnceOrder, 'service' | 'end'>): Promise<OnceReport> =>
    runLbex([...HIDING_ONE, String(pid)], order)

  /** An lbex with these capabilities and no others. */
  const lbexWith = (capabilities: string, order: Pick<OnceOrder, 'service' | 'end'>): Promise<OnceReport> =>
    runLbex([...HIDDEN, 'setpriv', `--bounding-set=-all${capabilities}`, '--inh-caps=-all'], order)

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
      warnings: [REPLACED],
    })
    assert.equal(await askTcp({port}), 'new')
    assert.equal(await session.isAlive(), true)
    session.close()
    await waitFor(() => masters().length === 1, {what: 'the end of the first master'})
    assert.notEqual(masters()[0]?.pid, first.pid)
  })

  it('is drained although it is hidden', async () => {
    await lbexWith(',+net_raw', {service: {port, answer: 'old'}, end: 'leave'})
    assert.equal(masters().length, 1)
    await lbexWith('', {end: 'drain'})
    assert.deepEqual(fixture.processes(), {masters: [], accepting: [], leaving: []})
  })

  it('lbex warns that an adopted one lacks a capability, with a hint', async () => {
    await lbexWith('', {service: {port, answer: 'old'}, end: 'leave'})
    const {warnings} = await lbexWith(',+net_raw', {end: 'leave'})
    assert.deepEqual(warnings, [
      'NGINX was started without capabilities that lbex has, and a restart of lbex does not restart NGINX',
    ])
  })

  it('is replaced too if only its master is hidden', async () => {
    const nginx = await fixture.open()
    await fixture.apply(nginx, serviceFile('a', {port, to: [backend.port]}))
    const [first] = masters()
    assert.ok(first)
    const session = await Session.open({port})
    await fixture.leave(nginx)
    const report = await lbexWithout(first.pid, {service: {port, answer: 'new'}, end: 'leave'})
    assert.deepEqual(report, {diagnostics: [], warnings: [REPLACED]})
    assert.equal(await askTcp({port}), 'new')
    assert.equal(await session.isAlive(), true)
    session.close()
    await waitFor(() => masters().length === 1, {what: 'the end of the first master'})
    assert.notEqual(masters()[0]?.pid, first.pid)
  })

  it('keeps its workers if its living master is hidden and its pid is not known', async () => {
    const nginx = await fixture.open()
    await fixture.apply(nginx, serviceFile('a', {port, answer: 'old'}))
    const before = fixture.processes()
    const [first] = before.masters
    assert.ok(first)
    await fixture.leave(nginx)
    await rm(fixture.layout.pidFile)
    const report = await lbexWithout(first.pid, {service: {port, answer: 'new'}, end: 'leave'})
    assert.deepEqual(report, {diagnostics: [], warnings: [], failure: 'nginx-unseen'})
    const {masters: living, accepting} = fixture.processes()
    assert.deepEqual(living, before.masters)
    for (const {pid} of before.accepting) assert.ok(accepting.some((each) => each.pid === pid))
    assert.equal(await askTcp({port}), 'old')
  })

  it('is not started while an unknown process has the version socket', async () => {
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
  return status === 0 ? undefined : 'this system does not allow to mount a /proc that hides processes'
}
