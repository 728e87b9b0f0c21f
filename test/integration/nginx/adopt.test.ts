import assert from 'node:assert/strict'
import {cp, readdir, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {assembleGeneration} from '../../../src/dataplane/nginx/config/generation.js'
import {send, type ProcessRef} from '../../../src/dataplane/nginx/process/processes.js'
import {Tree} from '../../../src/dataplane/nginx/store/tree.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {askTcp, Pump, Session} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

describe('the next lbex', () => {
  let fixture: NginxFixture
  let backend: Backend
  let ports: number[]

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    backend = await startTcpBackend('backend')
    ports = await freePorts(3)
  })

  afterEach(async () => {
    await fixture.close()
    await backend.close()
  })

  const port = (index: number): number => ports[index] as number
  const master = (): ProcessRef => fixture.processes().masters[0] as ProcessRef

  it('adopts a running NGINX without a failed connection or a closed session', async () => {
    const file = serviceFile('a', {port: port(0), to: [backend.port]})
    const first = await fixture.open()
    const {generation} = await fixture.apply(first, file)
    const before = master()
    const session = await Session.open({port: port(0)})
    const pump = new Pump({targets: [{port: port(0)}], perSecond: 200, limit: 2000})
    await fixture.leave(first)
    const next = await fixture.open()
    assert.deepEqual(next.status(), {serving: true, pid: before.pid, generation, oldWorkers: 0})
    const same = await fixture.apply(next, file)
    assert.deepEqual([same.changed, same.generation], [false, generation])
    const changed = await fixture.apply(next, file, serviceFile('b', {port: port(1)}))
    assert.deepEqual([changed.reloads, await askTcp({port: port(1)})], [1, 'b'])
    assert.deepEqual(master(), before)
    const {failed, succeeded} = await pump.stop()
    assert.equal(failed, 0)
    assert.ok(succeeded > 0)
    assert.equal(await session.isAlive(), true)
    session.close()
  })

  it('moves from the wildcard to the addresses that the host has, and reports the one that it lacks', async () => {
    const wide = serviceFile('a', {listeners: [{address: '0.0.0.0', port: port(0)}], answer: 'wide'})
    const first = await fixture.open()
    await fixture.apply(first, wide)
    await fixture.leave(first)
    const next = await fixture.open()
    const here = {address: '127.0.0.1', port: port(0)}
    const away = {address: '192.0.2.1', port: port(0)}
    const asked = serviceFile('a', {listeners: [here, away], answer: 'narrow'})
    const problem = 'the host does not have the address'
    assert.deepEqual(await next.probe([asked]), [{key: asked.listeners[1], error: {code: 'no-address'}}])
    const refused = await fixture.apply(next, asked)
    assert.deepEqual(
      refused.diagnostics.map(({message}) => message),
      [`NGINX cannot listen on 192.0.2.1:${port(0)}/TCP: ${problem}; this port is not exposed`],
    )
    // The last good configuration listens on addresses that the Service has left, so it does not stay.
    await assert.rejects(askTcp({port: port(0), address: '127.0.0.2'}), /ECONNREFUSED/)
    const applied = await fixture.apply(next, serviceFile('a', {listeners: [here], answer: 'narrow'}))
    assert.deepEqual([applied.reloads, applied.diagnostics], [1, []])
    assert.equal(await askTcp({port: port(0)}), 'narrow')
    await assert.rejects(askTcp({port: port(0), address: '127.0.0.2'}), /ECONNREFUSED/)
  })

  it('knows from the disk which listeners NGINX holds', async () => {
    const first = await fixture.open()
    await fixture.apply(first, serviceFile('a', {port: port(0)}))
    await fixture.leave(first)
    const next = await fixture.open()
    assert.deepEqual(await next.probe([serviceFile('b', {port: port(0)})]), [])
  })

  it('finishes a reload that was interrupted after the switch', async () => {
    const first = await fixture.open()
    await fixture.apply(first, serviceFile('a', {port: port(0), answer: 'old'}))
    await fixture.leave(first)
    const generation = assembleGeneration([fixture.main(), serviceFile('a', {port: port(0), answer: 'new'})])
    const tree = await Tree.open(fixture.layout)
    await tree.stage(generation)
    await tree.seal(generation)
    await tree.switchTo(generation.id)
    const next = await fixture.open()
    assert.equal(next.status().generation, generation.id)
    assert.equal(await askTcp({port: port(0)}), 'new')
  })

  it('rolls back if the interrupted reload cannot be finished', async () => {
    const first = await fixture.open()
    const {generation} = await fixture.apply(first, serviceFile('a', {port: port(0), answer: 'old'}))
    await fixture.leave(first)
    const refused = assembleGeneration([
      fixture.main(),
      serviceFile('a', {port: port(0), extra: 'nonsense;'}),
    ])
    const tree = await Tree.open(fixture.layout)
    await tree.stage(refused)
    await tree.seal(refused)
    await tree.switchTo(refused.id)
    const next = await fixture.open()
    assert.equal(next.status().generation, generation)
    assert.equal(await tree.current(), generation)
  })

  it('serves what is wanted even if it is not known what NGINX serves', async () => {
    const first = await fixture.open()
    const {generation} = await fixture.apply(first, serviceFile('a', {port: port(0)}))
    const before = master()
    await fixture.leave(first)
    await writeFile(join(fixture.layout.generations, generation, 'manifest.json'), '{"id":')
    const next = await fixture.open()
    assert.deepEqual([next.status().serving, next.status().generation], [true, undefined])
    const applied = await fixture.apply(next, serviceFile('a', {port: port(0), answer: 'again'}))
    assert.equal(applied.changed, true)
    assert.equal(await askTcp({port: port(0)}), 'again')
    assert.deepEqual(master(), before)
  })

  /** A worker that was just forked has its title only once it was scheduled. */
  const bothAccept = (): Promise<true> =>
    waitFor(() => fixture.processes().accepting.length === 2, {what: 'two workers that accept'})

  it('starts despite a stale pid file, socket and link, and signals no process that has the pid now', async () => {
    const {layout} = fixture
    const first = await fixture.open()
    await fixture.apply(first, serviceFile('a', {port: port(0)}))
    await fixture.leave(first)
    await fixture.kill()
    await writeFile(layout.pidFile, `${process.pid}\n`)
    assert.ok((await stat(layout.versionSocket)).isSocket())
    const next = await fixture.open()
    assert.deepEqual(next.status(), {serving: false, oldWorkers: 0})
    await fixture.apply(next, serviceFile('a', {port: port(0)}))
    assert.equal(await askTcp({port: port(0)}), 'a')
  })

  it('has the orphans of a killed master close their listeners, but finish their connections', async () => {
    const file = serviceFile('a', {port: port(0), to: [backend.port]})
    const first = await fixture.open()
    await fixture.apply(first, file)
    const session = await Session.open({port: port(0)})
    await fixture.leave(first)
    send(master(), 'SIGKILL')
    await waitFor(() => fixture.processes().masters.length === 0, {what: 'the end of the master'})
    await bothAccept()
    const next = await fixture.open()
    const applied = await fixture.apply(next, file)
    assert.equal(applied.changed, true)
    assert.equal(await askTcp({port: port(0)}), 'backend')
    assert.equal(await session.isAlive(), true)
    await bothAccept()
    session.close()
  })

  it('knows that the ports of orphans are its own', async () => {
    const first = await fixture.open()
    await fixture.apply(first, serviceFile('a', {port: port(0)}))
    await fixture.leave(first)
    send(master(), 'SIGKILL')
    await waitFor(() => fixture.processes().masters.length === 0, {what: 'the end of the master'})
    const next = await fixture.open()
    assert.deepEqual(await next.probe([serviceFile('b', {port: port(0)})]), [])
    await fixture.drain(next, 5000)
    assert.deepEqual(fixture.processes(), {masters: [], accepting: [], leaving: []})
  })

  for (const [what, damage] of [
    ['is empty', (directory: string) => writeFile(join(directory, 'current/manifest.json'), '')],
    ['cannot be found', (directory: string) => rm(join(directory, 'current'))],
  ] as const) {
    it(`drops no connection if the index on disk ${what}`, async () => {
      const file = serviceFile('a', {port: port(0), to: [backend.port]})
      const first = await fixture.open()
      await fixture.apply(first, file)
      const before = master()
      await fixture.leave(first)
      await damage(fixture.directory)
      const pump = new Pump({targets: [{port: port(0)}], perSecond: 200, limit: 2000})
      const next = await fixture.open()
      assert.deepEqual(await next.probe([file]), [])
      const {diagnostics} = await fixture.apply(next, file)
      assert.deepEqual([diagnostics, master()], [[], before])
      const {failed, succeeded} = await pump.stop()
      assert.equal(failed, 0)
      assert.ok(succeeded > 0)
    })
  }

  it('leaves the NGINX of another folder alone', async () => {
    const other = await NginxFixture.make()
    try {
      const theirs = await other.open()
      await other.apply(theirs, serviceFile('other', {port: port(1)}))
      await other.leave(theirs)
      const ours = await fixture.open()
      await fixture.apply(ours, serviceFile('a', {port: port(0)}))
      await fixture.drain(ours, 1000)
      assert.deepEqual(fixture.processes(), {masters: [], accepting: [], leaving: []})
      assert.equal(await askTcp({port: port(1)}), 'other')
    } finally {
      await other.close()
    }
  })

  it('is refused if another lbex uses the folder, with the pid of that lbex', async () => {
    const first = await fixture.open()
    await assert.rejects(fixture.open(), {
      code: 'directory-locked',
      message: `another lbex (process ${process.pid}) uses ${fixture.directory}`,
    })
    await fixture.leave(first)
    const next = await fixture.open()
    assert.equal(next.status().serving, false)
  })

  it('finds the same folder under another name', async () => {
    const first = await fixture.open()
    await fixture.apply(first, serviceFile('a', {port: port(0)}))
    await fixture.leave(first)
    const alias = `${fixture.directory}-alias`
    await symlink(fixture.directory, alias)
    try {
      const next = await fixture.open({directory: alias})
      assert.equal(next.status().serving, true)
    } finally {
      await rm(alias)
    }
  })

  it('removes incomplete files of a crash', async () => {
    const {layout, directory} = fixture
    const first = await fixture.open()
    const {generation} = await fixture.apply(first)
    await fixture.leave(first)
    await writeFile(join(layout.services, 'a-0123456789ab.conf.f00d.tmp'), 'half')
    const half = join(layout.generations, 'half')
    await cp(join(layout.generations, generation), half, {recursive: true, verbatimSymlinks: true})
    await symlink('generations/half', join(directory, 'current.tmp'))
    const next = await fixture.open()
    const file = serviceFile('a', {port: port(0)})
    await fixture.apply(next, file)
    assert.deepEqual(await readdir(layout.services), [file.path.replace('services/', '')])
    assert.equal((await readdir(layout.generations)).includes('half'), false)
    assert.equal((await readdir(directory)).includes('current.tmp'), false)
  })
})
