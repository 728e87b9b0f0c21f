import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import type {Server} from 'node:net'
import {join} from 'node:path'
import type {DataPlane, Without} from '../../../src/dataplane/data-plane.js'
import {findProcess, send, type ProcessRef} from '../../../src/dataplane/nginx/process/processes.js'
import {readLiveGeneration} from '../../../src/dataplane/nginx/store/tree-reader.js'
import {applyFiles} from '../../support/apply-files.js'
import {startTcpBackend} from '../../support/backends.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts, holdPort} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {askTcp, Session} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

describe('NGINX under supervision', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let ports: number[]

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    ports = await freePorts(2)
  })

  afterEach(() => fixture.close())

  const port = (index: number): number => ports[index] as number

  async function killMaster(): Promise<ProcessRef> {
    const master = fixture.processes().masters[0] as ProcessRef
    send(master, 'SIGKILL')
    await waitFor(() => !nginx.status().serving, {what: 'the status to say that NGINX is gone'})
    return master
  }

  const outIds = (): string[] =>
    nginx.leftOut().map(({code, object}) => `${code} ${object.namespace}/${object.name}`)

  async function untilServing(): Promise<number> {
    await waitFor(() => nginx.status().serving, {what: 'NGINX to serve again', deadline: 60_000})
    return nginx.status().pid as number
  }

  it('is restarted on what it served when its master is killed', async () => {
    const backend = await startTcpBackend('backend')
    const {generation} = await fixture.apply(nginx, serviceFile('a', {port: port(0), to: [backend.port]}))
    const session = await Session.open({port: port(0)})
    const killed = await killMaster()
    assert.notEqual(await untilServing(), killed.pid)
    assert.equal(nginx.status().generation, generation)
    assert.equal(await askTcp({port: port(0)}), 'backend')
    assert.equal(await session.isAlive(), true)
    assert.ok(fixture.log.messages('error').includes('NGINX exited unexpectedly, restarting'))
    session.close()
    await backend.close()
  })

  it('is restarted on what it served, also after a refused apply', async () => {
    const {generation} = await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    const impossible = [fixture.main({extra: 'nonsense;'}), serviceFile('b', {port: port(1)})]
    await assert.rejects(applyFiles(nginx, impossible, new AbortController().signal), {
      code: 'nginx-configuration-refused',
    })
    await killMaster()
    await untilServing()
    assert.equal(nginx.status().generation, generation)
    assert.equal(await askTcp({port: port(0)}), 'a')
  })

  it('is restarted also if it was adopted, and is not a child process', async () => {
    const {generation} = await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    await fixture.leave(nginx)
    nginx = await fixture.open()
    await killMaster()
    await untilServing()
    assert.equal(nginx.status().generation, generation)
    assert.equal(await askTcp({port: port(0)}), 'a')
  })

  /** Kills all of NGINX, and binds the port before NGINX is restarted, on a busy machine too. */
  async function killAndHold(port: number): Promise<Server> {
    await fixture.kill()
    return holdPort(port)
  }

  const patient = {backoff: {initial: 4000, limit: 30_000}, retryLeftOut: 100}

  it('a port that another program bound meanwhile affects only its Service, until the port is free again', async () => {
    await fixture.leave(nginx)
    nginx = await fixture.open(patient)
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}), serviceFile('b', {port: port(1)}))
    let changes = 0
    nginx.onLeftOut(() => (changes += 1))
    const holder = await killAndHold(port(1))
    await untilServing()
    assert.equal(await askTcp({port: port(0)}), 'a')
    assert.deepEqual([changes, outIds()], [1, ['port-held test/b']])
    holder.close()
    await waitFor(() => nginx.leftOut().length === 0, {what: 'the port to be tried again', deadline: 60_000})
    assert.deepEqual([changes, await askTcp({port: port(1)})], [2, 'b'])
  }).timeout(INTEGRATION_TIMEOUT)

  it('a port that another program bound meanwhile affects only its listener, if single listeners can be left out', async () => {
    await fixture.leave(nginx)
    nginx = await fixture.open(patient)
    const whole = serviceFile('b', {listeners: [{port: port(0)}, {port: port(1)}]})
    const part = serviceFile('b', {port: port(0)})
    const main = fixture.main()
    const asked: unknown[] = []
    const without: Without = async (held) => {
      asked.push(held.map(({key, error}) => [key.port, error]))
      return [main, part]
    }
    await applyFiles(nginx, [main, whole], new AbortController().signal, {without})
    const holder = await killAndHold(port(1))
    await untilServing()
    assert.equal(await askTcp({port: port(0)}), 'b')
    assert.deepEqual([asked[0], outIds()], [[[port(1), {code: 'in-use'}]], ['port-held test/b']])
    // The first start succeeds: NGINX would have tried to bind the port for seconds.
    assert.deepEqual(
      fixture.log.messages('error').filter((line) => line === 'NGINX logged'),
      [],
    )
    holder.close()
    await waitFor(() => nginx.leftOut().length === 0, {what: 'the port to be tried again', deadline: 60_000})
    assert.equal(await askTcp({port: port(1)}), 'b')
  }).timeout(INTEGRATION_TIMEOUT)

  it('the next apply reports what a restart left out', async () => {
    await fixture.leave(nginx)
    nginx = await fixture.open({...patient, retryLeftOut: 60_000})
    const files = [serviceFile('a', {port: port(0)}), serviceFile('b', {port: port(1)})]
    await fixture.apply(nginx, ...files)
    const holder = await killAndHold(port(1))
    await untilServing()
    const {diagnostics} = await fixture.apply(nginx, ...files)
    assert.deepEqual([diagnostics.map(({code}) => code), nginx.leftOut()], [['port-held'], []])
    holder.close()
  }).timeout(INTEGRATION_TIMEOUT)

  it('the next apply after a restart takes one reload', async () => {
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    await killMaster()
    await untilServing()
    const applied = await fixture.apply(
      nginx,
      serviceFile('a', {port: port(0)}),
      serviceFile('b', {port: port(1)}),
    )
    assert.equal(applied.reloads, 1)
    assert.equal(await askTcp({port: port(1)}), 'b')
  })

  it('an apply before the restart starts it', async () => {
    await fixture.leave(nginx)
    nginx = await fixture.open({backoff: {initial: 60_000, limit: 60_000}})
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    await killMaster()
    const applied = await fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    assert.equal(applied.changed, true)
    assert.equal(await askTcp({port: port(1)}), 'b')
    assert.equal(nginx.status().serving, true)
  })

  it('a held port is found while the workers of the killed master still serve', async () => {
    await fixture.leave(nginx)
    nginx = await fixture.open({backoff: {initial: 60_000, limit: 60_000}})
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    await killMaster()
    const holder = await holdPort(port(1))
    assert.equal(await askTcp({port: port(0)}), 'a')
    const files = [serviceFile('a', {port: port(0)}), serviceFile('b', {port: port(1)})]
    const {diagnostics} = await fixture.apply(nginx, ...files)
    assert.deepEqual(
      diagnostics.map(({code, object}) => `${code} ${object.name}`),
      ['port-held b'],
    )
    assert.equal(await askTcp({port: port(0)}), 'a')
    // NGINX would have tried to bind the port for seconds.
    assert.deepEqual(
      fixture.log.messages('error').filter((line) => line === 'NGINX logged'),
      [],
    )
    holder.close()
  })

  /** Expects the apply of `b` to fail; `before` runs once NGINX got the signal to reload. */
  async function dieDuringReload(before?: () => Promise<unknown>): Promise<void> {
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    const master = fixture.processes().masters[0] as ProcessRef
    send(master, 'SIGSTOP')
    const applying = fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    const failing = assert.rejects(applying, {code: 'nginx-died', temporary: true})
    await waitFor(() => hasPendingHangup(master), {what: 'the signal to reload'})
    await before?.()
    send(master, 'SIGKILL')
    await failing
  }

  it('a reload during which NGINX dies is a temporary failure, and the next apply succeeds', async () => {
    await dieDuringReload()
    await fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    assert.equal(await askTcp({port: port(1)}), 'b')
  })

  it('that is so also if an error of the file system prevents the rollback', async () => {
    const inTheWay = `${fixture.layout.current}.tmp`
    await dieDuringReload(() => mkdir(inTheWay))
    await rm(inTheWay, {recursive: true})
    await fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    assert.equal(await askTcp({port: port(1)}), 'b')
  })

  it('an NGINX that does not react is a temporary failure, and the next apply reloads in any case', async () => {
    await fixture.leave(nginx)
    nginx = await fixture.open({confirmTimeout: 300})
    const {generation} = await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    const master = fixture.processes().masters[0] as ProcessRef
    send(master, 'SIGSTOP')
    const applying = fixture.apply(nginx, serviceFile('b', {port: port(1)}))
    await assert.rejects(applying, {code: 'nginx-unconfirmed', temporary: true})
    send(master, 'SIGCONT')
    assert.equal(nginx.status().generation, undefined)
    const again = await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    assert.deepEqual([again.generation, again.changed, again.reloads], [generation, true, 2])
    assert.equal(await askTcp({port: port(0)}), 'a')
    await assert.rejects(askTcp({port: port(1)}), /ECONNREFUSED/)
  })
})

describe('an NGINX that', () => {
  let fixture: NginxFixture
  let port: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    ;[port = 0] = await freePorts(1)
  })

  afterEach(() => fixture.close())

  /** Behaves like nginx but for `behaviour`, a few lines of shell. */
  async function openOdd(behaviour: string): Promise<DataPlane> {
    const binary = join(fixture.directory, 'odd-nginx')
    await writeFile(binary, `#!/bin/sh\n${behaviour}\nexec ${fixture.binary} "$@"\n`, {mode: 0o755})
    const module = fixture.streamModule && {modulePath: fixture.streamModule}
    return fixture.open({binary, confirmTimeout: 300, ...module})
  }

  it('does not serve in time is ended, with a temporary failure', async () => {
    const pidFile = join(fixture.directory, 'odd.pid')
    const nginx = await openOdd(`[ "$1" = -c ] && echo $$ > ${pidFile} && exec sleep 60`)
    await assert.rejects(fixture.apply(nginx, serviceFile('a', {port})), {
      code: 'nginx-unconfirmed',
      message: 'NGINX did not serve its configuration within 0.3 s of its start',
      temporary: true,
    })
    assert.equal(findProcess(Number(await readFile(pidFile, 'utf8'))), undefined)
    assert.equal(await readLiveGeneration(fixture.directory), undefined)
    assert.deepEqual(nginx.status(), {serving: false, oldWorkers: 0})
  })

  it('is killed during a configtest leaves out no Service', async () => {
    const nginx = await openOdd('[ "$1" = -t ] && kill -9 $$')
    await assert.rejects(fixture.apply(nginx, serviceFile('a', {port})), {
      code: 'nginx-environment',
      message: 'NGINX cannot use its configuration: nginx -t was ended by SIGKILL',
      temporary: true,
    })
  })

  it('is killed while it tests a costly Service serves the others, and retries later', async () => {
    const nginx = await openOdd(
      '[ "$1" = -t ] && grep -q /costly- "$(dirname "$3")/services.conf" && kill -9 $$',
    )
    const [other = 0] = await freePorts(1)
    const [a, costly] = [serviceFile('a', {port}), serviceFile('costly', {port: other})]
    for (const changed of [true, false]) {
      const applied = await fixture.apply(nginx, a, costly)
      assert.equal(applied.changed, changed)
      assert.deepEqual(applied.quarantined, costly.owners)
      assert.deepEqual(
        applied.diagnostics.map(({code, message}) => [code, message]),
        [
          [
            'nginx-exhausted',
            'NGINX cannot test the configuration with this Service: nginx -t was ended by SIGKILL; the Service is not served',
          ],
        ],
      )
    }
  })

  it('ends at once without a message is a failure too', async () => {
    const nginx = await openOdd('[ "$1" = -c ] && exit 1')
    await assert.rejects(fixture.apply(nginx, serviceFile('a', {port})), {
      code: 'nginx-environment',
      message: 'NGINX cannot use its configuration: it ended with exit code 1 and gave no reason',
    })
  })

  it('is killed while it starts is a temporary failure', async () => {
    const nginx = await openOdd('[ "$1" = -c ] && kill -9 $$')
    await assert.rejects(fixture.apply(nginx, serviceFile('a', {port})), {
      code: 'nginx-died',
      message: 'NGINX was ended by SIGKILL while it started',
      temporary: true,
    })
  })
})

/** SIGHUP is bit 0 of the pending signals of the process, https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function hasPendingHangup({pid}: ProcessRef): boolean {
  const pending = /^ShdPnd:\s*([\da-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (BigInt(`0x${pending}`) & 1n) === 1n
}
