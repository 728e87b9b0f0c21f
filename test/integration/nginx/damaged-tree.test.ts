import assert from 'node:assert/strict'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {NginxFile} from '../../../src/dataplane/nginx-file.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {send, type ProcessRef} from '../../../src/dataplane/nginx/process/processes.js'
import {readLiveGeneration} from '../../../src/dataplane/nginx/store/tree-reader.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {askTcp} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

describe('files that are damaged while lbex runs are repaired', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let ports: number[]
  let a: NginxFile
  let b: NginxFile
  let generation: string

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    ports = await freePorts(3)
    a = serviceFile('a', {port: port(0)})
    b = serviceFile('b', {port: port(1)})
    generation = (await fixture.apply(nginx, a, b)).generation
  })

  afterEach(() => fixture.close())

  const port = (index: number): number => ports[index] as number

  async function damage(text: string): Promise<void> {
    for (const {path} of [a, b]) await writeFile(join(fixture.directory, path), text)
  }

  async function removeTree(): Promise<void> {
    const {services, generations, current} = fixture.layout
    for (const path of [services, generations, current]) await rm(path, {recursive: true})
  }

  async function killMaster(): Promise<void> {
    send(fixture.processes().masters[0] as ProcessRef, 'SIGKILL')
    await waitFor(() => !nginx.status().serving, {what: 'the status to say that NGINX is gone'})
  }

  async function assertMended(): Promise<void> {
    for (const {path, text} of [a, b])
      assert.equal(await readFile(join(fixture.directory, path), 'utf8'), text)
    assert.deepEqual([await askTcp({port: port(0)}), await askTcp({port: port(1)})], ['a', 'b'])
  }

  /** After a restart that succeeded at once, and left out no Service. */
  async function assertRestarted(): Promise<void> {
    await waitFor(() => nginx.status().serving, {what: 'NGINX to serve again', deadline: 15_000})
    assert.equal(nginx.status().generation, generation)
    await assertMended()
    assert.deepEqual((await fixture.apply(nginx, a, b)).quarantined, [])
    assert.deepEqual(fixture.log.messages('error'), ['NGINX exited unexpectedly, restarting'])
    assert.ok(!fixture.log.messages('warn').includes('NGINX was restarted without some Services'))
  }

  it('when NGINX dies, if it refuses their content', async () => {
    await damage('garbage {\n')
    await killMaster()
    await assertRestarted()
  })

  it('when NGINX dies, if it would accept their content', async () => {
    await damage('')
    await killMaster()
    await assertRestarted()
  })

  it('when NGINX dies, if they and their folders are gone', async () => {
    await removeTree()
    await killMaster()
    await assertRestarted()
    assert.equal((await readLiveGeneration(fixture.directory))?.id, generation)
  })

  it('by an apply that comes before the restart', async () => {
    await fixture.leave(nginx)
    nginx = await fixture.open({backoff: {initial: 60_000, limit: 60_000}})
    // There and back, because this lbex has not checked the files that an adopted NGINX serves already.
    for (const more of [[serviceFile('c', {port: port(2)})], []]) await fixture.apply(nginx, a, b, ...more)
    await damage('')
    await killMaster()
    assert.deepEqual((await fixture.apply(nginx, a, b)).quarantined, [])
    await assertMended()
  })

  it('by the next apply that NGINX rejects because of them, and no Service is left out', async () => {
    await damage('garbage {\n')
    const applied = await fixture.apply(nginx, a, b, serviceFile('c', {port: port(2)}))
    assert.deepEqual([applied.changed, applied.diagnostics], [true, []])
    assert.equal(await askTcp({port: port(2)}), 'c')
    await assertMended()
  })

  it('by the next apply, if they and their folders are gone', async () => {
    await removeTree()
    const applied = await fixture.apply(nginx, a, b, serviceFile('c', {port: port(2)}))
    assert.deepEqual([applied.changed, applied.diagnostics], [true, []])
    assert.equal(await askTcp({port: port(2)}), 'c')
    await assertMended()
  })

  it('and a Service that NGINX rejects for its own file is still found', async () => {
    await damage('garbage {\n')
    const bad = serviceFile('c', {port: port(2), extra: 'no_such_directive;'})
    const applied = await fixture.apply(nginx, a, b, bad)
    assert.deepEqual(applied.quarantined, bad.owners)
    await assertMended()
  })

  it('by the first apply of an lbex that served the remaining files until then', async () => {
    await fixture.drain(nginx, 1000)
    await writeFile(join(fixture.directory, a.path), '')
    nginx = await fixture.open()
    assert.equal(await nginx.resume(new AbortController().signal), true)
    assert.ok(fixture.log.messages('warn').includes('damaged files are not served'))
    assert.equal(await askTcp({port: port(1)}), 'b')
    await fixture.apply(nginx, a, b)
    await assertMended()
  })
})
