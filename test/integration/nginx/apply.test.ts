import assert from 'node:assert/strict'
import {readdir, readFile, readlink, stat, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {getEventListeners, once} from 'node:events'
import type {ListenerKey} from '../../../src/core/model/listener-key.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {send} from '../../../src/dataplane/nginx/process/processes.js'
import {hostLimits} from '../../../src/dataplane/nginx/host/host-limits.js'
import {readLiveGeneration} from '../../../src/dataplane/nginx/store/tree-reader.js'
import {applyFiles} from '../../support/apply-files.js'
import {startTcpBackend, startUdpBackend} from '../../support/backends.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {askTcp, askUdp, Session} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

describe('NGINX serves what was applied', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let ports: number[]
  let tests: number
  let onTest: () => void

  const noteTest = (): void => {
    tests += 1
    onTest()
  }

  beforeEach(async () => {
    tests = 0
    onTest = () => {}
    fixture = await NginxFixture.make()
    nginx = await fixture.open({observe: ({type}) => type === 'test' && noteTest()})
    ports = await freePorts(4)
  })

  afterEach(() => fixture.close())

  const port = (index: number): number => ports[index] as number

  it('is started by the first apply, and confirms the generation that it serves', async () => {
    assert.deepEqual(nginx.status(), {serving: false, oldWorkers: 0})
    const applied = await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    const generation = (await readLiveGeneration(fixture.directory))?.id as string
    assert.deepEqual(applied, {generation, changed: true, reloads: 0, diagnostics: [], quarantined: []})
    assert.equal(await askTcp({port: port(0)}), 'a')
    const [master] = fixture.processes().masters
    assert.deepEqual(nginx.status(), {serving: true, pid: master?.pid, generation, oldWorkers: 0})
  })

  it('balances TCP and UDP on one port number to their own backends', async () => {
    const [tcp, udp] = await Promise.all([startTcpBackend('tcp'), startUdpBackend('udp')])
    try {
      await fixture.apply(
        nginx,
        serviceFile('t', {port: port(0), to: [tcp.port]}),
        serviceFile('u', {listeners: [{port: port(0), protocol: 'UDP'}], to: [udp.port]}),
      )
      assert.equal(await askTcp({port: port(0)}), 'tcp')
      const answer = await waitFor(() => askUdp({port: port(0)}, 'ping'), {what: 'an answer over UDP'})
      assert.equal(answer, 'udp ping')
    } finally {
      await Promise.all([tcp.close(), udp.close()])
    }
  })

  it('listens on IPv6 and IPv4, each family separately', async function () {
    // On such a host lbex creates no IPv6 listener at all: request-listeners.test.ts tests that.
    skipBecause(this, (await hostLimits()).ipv6 ? undefined : 'the kernel of this host has no IPv6')
    const listeners = [
      {address: '0.0.0.0', port: port(0)},
      {address: '::1', port: port(0)},
    ]
    await fixture.apply(nginx, serviceFile('a', {listeners}))
    assert.equal(await askTcp({port: port(0)}), 'a')
    assert.equal(await askTcp({port: port(0), address: '::1'}), 'a')
  })

  it('has the given number of open files', async () => {
    const {openFiles} = await hostLimits()
    const other = await NginxFixture.make()
    try {
      const edge = await other.open({openFiles})
      assert.deepEqual(edge.capabilities, nginx.capabilities)
      await other.apply(edge)
      const limits = await readFile(`/proc/${edge.status().pid}/limits`, 'utf8')
      assert.ok(Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]) >= openFiles)
    } finally {
      await other.close()
    }
  })

  it('does nothing at all when nothing differs', async () => {
    const files = [serviceFile('a', {port: port(0)}), serviceFile('b', {port: port(1)})] as const
    const {generation} = await fixture.apply(nginx, ...files)
    // The first worker that serves confirms it; the other one may not have its title yet.
    await waitFor(() => fixture.processes().accepting.length === 2, {what: 'both workers'})
    const {workers, written} = await traces(fixture)
    const again = await fixture.apply(nginx, ...[...files].reverse())
    assert.deepEqual(again, {generation, changed: false, reloads: 0, diagnostics: [], quarantined: []})
    assert.deepEqual(await traces(fixture), {workers, written})
  })

  it('leaves no listeners behind on a signal that is used many times', async () => {
    const {signal} = new AbortController()
    for (let turn = 0; turn < 3; turn += 1) await applyFiles(nginx, [fixture.main()], signal)
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  it('adds, changes and removes in one reload each, and closes removed listeners', async () => {
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}), serviceFile('b', {port: port(1)}))
    const applied = await fixture.apply(
      nginx,
      serviceFile('a', {port: port(0), answer: 'changed'}),
      serviceFile('c', {port: port(2)}),
    )
    assert.equal(applied.reloads, 1)
    assert.equal(await askTcp({port: port(0)}), 'changed')
    assert.equal(await askTcp({port: port(2)}), 'c')
    await assert.rejects(askTcp({port: port(1)}), /ECONNREFUSED/)
    const emptied = await fixture.apply(nginx)
    assert.deepEqual({changed: emptied.changed, reloads: emptied.reloads}, {changed: true, reloads: 1})
    await assert.rejects(askTcp({port: port(0)}), /ECONNREFUSED/)
  })

  it('keeps the live and the previous generation on disk, and only the files that they include', async () => {
    const first = serviceFile('a', {port: port(0)})
    const second = serviceFile('a', {port: port(0), answer: 'second'})
    const third = serviceFile('a', {port: port(0), answer: 'third'})
    await fixture.apply(nginx, first)
    const previous = await fixture.apply(nginx, second)
    const live = await fixture.apply(nginx, third)
    const {generations, services, current} = fixture.layout
    assert.equal(await readlink(current), `generations/${live.generation}`)
    assert.deepEqual((await readdir(generations)).sort(), [previous.generation, live.generation].sort())
    const names = [second, third].map(({path}) => path.replace('services/', '')).sort()
    assert.deepEqual((await readdir(services)).sort(), names)
    const tree = await readLiveGeneration(fixture.directory)
    assert.deepEqual(
      tree?.files.map(({path}) => path),
      ['nginx.conf', 'version.conf', 'services.conf', third.path],
    )
    assert.deepEqual(tree?.files.at(-1), third)
  })

  it('a file that was damaged on disk while lbex was down is repaired', async () => {
    const file = serviceFile('a', {port: port(0)})
    await fixture.apply(nginx, file)
    await fixture.drain(nginx, 1000)
    await writeFile(`${fixture.directory}/${file.path}`, '')
    nginx = await fixture.open()
    await fixture.apply(nginx, file)
    assert.equal(await askTcp({port: port(0)}), 'a')
    assert.equal(await readFile(`${fixture.directory}/${file.path}`, 'utf8'), file.text)
  })

  it('changes of nginx.conf alone are applied', async () => {
    const file = serviceFile('a', {port: port(0)})
    await fixture.apply(nginx, file)
    const signal = new AbortController().signal
    const applied = await applyFiles(nginx, [fixture.main({extra: 'worker_priority 1;'}), file], signal)
    assert.deepEqual({changed: applied.changed, reloads: applied.reloads}, {changed: true, reloads: 1})
  })

  it('moves a listener from an address to the wildcard and back with two reloads each', async () => {
    const other = serviceFile('other', {port: port(1)})
    const narrow = serviceFile('a', {port: port(0), answer: 'narrow'})
    const wide = serviceFile('a', {listeners: [{address: '0.0.0.0', port: port(0)}], answer: 'wide'})
    await fixture.apply(nginx, narrow, other)
    const session = await heldSession(fixture, nginx, [narrow, other], port(2))
    for (const [file, answer] of [[wide, 'wide'] as const, [narrow, 'narrow'] as const]) {
      const applied = await fixture.apply(nginx, file, other, session.file)
      assert.deepEqual([applied.reloads, applied.diagnostics], [2, []])
      assert.equal(await askTcp({port: port(0)}), answer)
    }
    assert.equal(await session.session.isAlive(), true)
    await session.close()
  })

  it('keeps the last good file of a Service if the second of two reloads is refused', async () => {
    const narrow = serviceFile('a', {port: port(0), answer: 'narrow'})
    const wide = serviceFile('a', {listeners: [{address: '0.0.0.0', port: port(0)}], answer: 'wide'})
    await fixture.apply(nginx, narrow)
    const stranger = createServer().listen(port(0), '127.0.0.2')
    await once(stranger, 'listening')
    try {
      const {diagnostics} = await fixture.apply(nginx, wide, serviceFile('b', {port: port(1)}))
      assert.deepEqual(
        diagnostics.map(({code, object}) => [code, object.name]),
        [['port-held', 'a']],
      )
      assert.equal(await askTcp({port: port(0)}), 'narrow')
      assert.equal(await askTcp({port: port(1)}), 'b')
    } finally {
      stranger.close()
    }
  })

  it('an aborted apply rejects with the reason, and the next one succeeds', async () => {
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    const stop = new AbortController()
    const applying = applyFiles(nginx, [fixture.main(), serviceFile('b', {port: port(1)})], stop.signal)
    const reason = new Error('enough')
    setTimeout(() => stop.abort(reason), 30)
    await assert.rejects(applying, reason)
    await fixture.apply(nginx, serviceFile('c', {port: port(2)}))
    assert.equal(await askTcp({port: port(2)}), 'c')
    await assert.rejects(askTcp({port: port(1)}), /ECONNREFUSED/)
  })

  it('prepares without serving anything, and serves what was prepared when it is committed', async () => {
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    const {signal} = new AbortController()
    const files = [fixture.main(), serviceFile('b', {port: port(1)})]
    const prepared = await nginx.prepare(files, signal)
    assert.equal(tests, 2)
    assert.equal(prepared.changed, true)
    assert.equal(await askTcp({port: port(0)}), 'a')
    const {changed, reloads} = await nginx.commit(prepared, signal)
    assert.deepEqual([changed, reloads, tests], [true, 1, 2])
    assert.equal(await askTcp({port: port(1)}), 'b')
  })

  it('a prepared change that is dropped does not stay on disk, although nothing changes', async () => {
    const {signal} = new AbortController()
    const files = [fixture.main(), serviceFile('a', {port: port(0)})]
    await applyFiles(nginx, files, signal)
    const before = await onDisk(fixture)
    await nginx.prepare([...files, serviceFile('b', {port: port(1)})], signal)
    assert.notDeepEqual(await onDisk(fixture), before)
    const {changed} = await applyFiles(nginx, files, signal)
    assert.equal(changed, false)
    assert.deepEqual(await onDisk(fixture), before)
  })

  it('what was prepared when it was aborted does not stay on disk, although nothing changes', async () => {
    const {signal} = new AbortController()
    const files = [fixture.main(), serviceFile('a', {port: port(0)})]
    await applyFiles(nginx, files, signal)
    const before = await onDisk(fixture)
    const stop = new AbortController()
    const refused = serviceFile('b', {port: port(1), extra: 'nonsense;'})
    onTest = () => stop.abort(new Error('another change came'))
    await assert.rejects(nginx.prepare([...files, refused], stop.signal), /another change came/)
    assert.notDeepEqual(await onDisk(fixture), before)
    const {changed} = await applyFiles(nginx, files, signal)
    assert.equal(changed, false)
    assert.deepEqual(await onDisk(fixture), before)
  })

  it('tests a prepared change again if something else is served by the time it is committed', async () => {
    const {signal} = new AbortController()
    const first = await nginx.prepare([fixture.main(), serviceFile('a', {port: port(0)})], signal)
    const second = await fixture.apply(nginx, serviceFile('b', {port: port(0)}))
    assert.equal(tests, 2)
    const {changed, generation} = await nginx.commit(first, signal)
    assert.deepEqual([changed, tests], [true, 3])
    assert.notEqual(generation, second.generation)
    assert.equal(await askTcp({port: port(0)}), 'a')
  })

  it('serves a prepared change although NGINX died since, also one that it served', async () => {
    const {signal} = new AbortController()
    const files = [fixture.main(), serviceFile('a', {port: port(0)})]
    await applyFiles(nginx, files, signal)
    const unchanged = await nginx.prepare(files, signal)
    assert.equal(unchanged.changed, false)
    const [master] = fixture.processes().masters
    assert.ok(master)
    send(master, 'SIGKILL')
    const isGone = (): boolean => fixture.processes().masters.every(({pid}) => pid !== master.pid)
    await waitFor(isGone, {what: 'the end of the master', every: 1})
    await nginx.commit(unchanged, signal)
    assert.equal(nginx.status().serving, true)
    assert.equal(await askTcp({port: port(0)}), 'a')
  })

  describe('a port that another process holds', () => {
    it('is found by the probe, with the reason; the ports of NGINX itself are not', async () => {
      await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
      const holder = createServer().listen(port(1), '127.0.0.1')
      await once(holder, 'listening')
      const keys: ListenerKey[] = [
        {address: '127.0.0.1', port: port(0), protocol: 'TCP'},
        {address: '0.0.0.0', port: port(0), protocol: 'TCP'},
        {address: '127.0.0.1', port: port(1), protocol: 'TCP'},
        {address: '127.0.0.1', port: port(1), protocol: 'UDP'},
        {address: '0.0.0.0', port: port(1), protocol: 'TCP'},
        {address: '192.0.2.1', port: port(2), protocol: 'TCP'},
        {address: '192.0.2.1', port: port(2), protocol: 'UDP'},
      ]
      const problems = await nginx.probe([serviceFile('b', {listeners: keys})])
      const alone = await nginx.probe([serviceFile('b', {listeners: keys.slice(2, 3)})])
      holder.close()
      assert.deepEqual(problems, [
        {key: keys[5], error: {code: 'no-address'}},
        {key: keys[6], error: {code: 'no-address'}},
        {key: keys[4], error: {code: 'in-use'}},
      ])
      // On a port with a wildcard listener NGINX opens no socket for an address, so the address is probed only without the wildcard.
      assert.deepEqual(alone, [{key: keys[2], error: {code: 'in-use'}}])
    })

    it('and binds between the probe and the reload affects only its Service, and is retried', async () => {
      const a = serviceFile('a', {port: port(0)})
      const b = serviceFile('b', {port: port(1)})
      const c = serviceFile('c', {port: port(2)})
      const {generation} = await fixture.apply(nginx, a)
      const holder = createServer().listen(port(1), '127.0.0.1')
      await once(holder, 'listening')
      const applied = await fixture.apply(nginx, a, b, c)
      assert.deepEqual(
        applied.diagnostics.map(({code, object}) => [code, object.name]),
        [['port-held', 'b']],
      )
      assert.deepEqual(applied.quarantined, b.owners)
      assert.notEqual(applied.generation, generation)
      assert.equal(await askTcp({port: port(2)}), 'c')
      await new Promise((resolve) => holder.close(resolve))
      const later = await fixture.apply(nginx, a, b, c)
      assert.deepEqual(later.diagnostics, [])
      assert.equal(await askTcp({port: port(1)}), 'b')
    }).timeout(INTEGRATION_TIMEOUT)

    it('affects only its Service at the start', async () => {
      const holder = createServer().listen(port(1), '127.0.0.1')
      await once(holder, 'listening')
      const applied = await fixture.apply(
        nginx,
        serviceFile('a', {port: port(0)}),
        serviceFile('b', {port: port(1)}),
      )
      holder.close()
      assert.deepEqual(
        applied.diagnostics.map(({code, object}) => [code, object.name]),
        [['port-held', 'b']],
      )
      assert.equal(await askTcp({port: port(0)}), 'a')
    }).timeout(INTEGRATION_TIMEOUT)
  })
})

/** Names of the generations and of the Services' files. */
async function onDisk({layout}: NginxFixture): Promise<string[][]> {
  return Promise.all(
    [layout.generations, layout.services].map(async (folder) => (await readdir(folder)).sort()),
  )
}

/** What an apply could leave behind. */
async function traces(fixture: NginxFixture): Promise<{workers: number[]; written: number[]}> {
  const {directory, generations, services} = fixture.layout
  const paths = [directory, generations, services, fixture.layout.current]
  return {
    workers: fixture.processes().accepting.map(({pid}) => pid),
    written: await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs)),
  }
}

/** A Service with a live session; its file has to stay among the applied ones. */
async function heldSession(
  fixture: NginxFixture,
  nginx: DataPlane,
  others: readonly ReturnType<typeof serviceFile>[],
  port: number,
) {
  const backend = await startTcpBackend('held')
  const file = serviceFile('held', {port, to: [backend.port]})
  await fixture.apply(nginx, ...others, file)
  const session = await Session.open({port})
  return {
    file,
    session,
    close: async () => {
      session.close()
      await backend.close()
    },
  }
}
