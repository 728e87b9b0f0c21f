import assert from 'node:assert/strict'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {NginxFile} from '../../../src/dataplane/nginx-file.js'
import type {Failure} from '../../../src/diagnostics/failure.js'
import type {DataPlane, Without} from '../../../src/dataplane/data-plane.js'
import {testGeneration} from '../../../src/dataplane/nginx/apply/test-configuration.js'
import {applyFiles} from '../../support/apply-files.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts, holdPort} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {askTcp} from '../../support/traffic.js'

/** Refused with FILE:LINE. */
const NAMED = 'no_such_directive;'

describe('a Service that NGINX rejects', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let ports: number[]
  let tests: string

  /** An nginx that records its configtests, to count them. */
  beforeEach(async () => {
    fixture = await NginxFixture.make()
    const folder = await mkdtemp(join(tmpdir(), 'lbex-test-bin-'))
    tests = join(folder, 'tests')
    await writeFile(tests, '')
    const wrapper = `#!/bin/sh\n[ "$1" = -t ] && echo "$@" >> ${tests}\nexec ${fixture.binary} "$@"\n`
    await writeFile(join(folder, 'nginx'), wrapper, {mode: 0o755})
    nginx = await fixture.open({
      binary: join(folder, 'nginx'),
      ...(fixture.streamModule && {modulePath: fixture.streamModule}),
    })
    ports = await freePorts(20)
  })

  afterEach(async () => {
    await fixture.close()
    await rm(join(tests, '..'), {recursive: true})
  })

  const port = (index: number): number => ports[index] as number
  const countTests = async (): Promise<number> => (await readFile(tests, 'utf8')).split('\n').length - 1
  const good = (name: string, index: number): NginxFile => serviceFile(name, {port: port(index)})
  const bad = (name: string, index: number): NginxFile => serviceFile(name, {port: port(index), extra: NAMED})

  it('is reported with NGINX’s message and left out; the others are served', async () => {
    const before = await countTests()
    const refused = bad('b', 1)
    const applied = await fixture.apply(nginx, good('a', 0), refused, good('c', 2))
    assert.deepEqual(applied.diagnostics, [
      {
        code: 'nginx-refused',
        severity: 'error',
        message: `NGINX rejects the configuration of this Service: unknown directive "no_such_directive" in ${refused.path}:2; the Service is not served`,
        object: refused.owners[0],
        hint: 'lbex retries when the Service changes',
      },
    ])
    assert.deepEqual(applied.quarantined, refused.owners)
    assert.deepEqual([await askTcp({port: port(0)}), await askTcp({port: port(2)})], ['a', 'c'])
    await assert.rejects(askTcp({port: port(1)}), /ECONNREFUSED/)
    assert.equal((await countTests()) - before, 2)
  })

  it('is not tried again until it changes, and is reported by each apply', async () => {
    await fixture.apply(nginx, good('a', 0), bad('b', 1))
    const before = await countTests()
    const same = await fixture.apply(nginx, good('a', 0), bad('b', 1))
    assert.deepEqual([same.changed, same.quarantined.length, await countTests()], [false, 1, before])
    const another = await fixture.apply(nginx, good('a', 0), bad('b', 1), good('c', 2))
    assert.deepEqual([another.changed, another.quarantined.length, await countTests()], [true, 1, before + 1])
    const fixed = await fixture.apply(nginx, good('a', 0), good('b', 1), good('c', 2))
    assert.deepEqual([fixed.diagnostics, await askTcp({port: port(1)})], [[], 'b'])
  })

  it('keeps its last good configuration', async () => {
    await fixture.apply(nginx, good('a', 0), good('b', 1))
    const applied = await fixture.apply(nginx, serviceFile('a', {port: port(0), answer: 'new'}), bad('b', 1))
    assert.match(applied.diagnostics[0]?.message ?? '', /its last good configuration stays active$/)
    assert.deepEqual([await askTcp({port: port(0)}), await askTcp({port: port(1)})], ['new', 'b'])
  })

  it('keeps it over a restart of lbex', async () => {
    await fixture.apply(nginx, good('a', 0), good('b', 1))
    const {generation} = await fixture.apply(nginx, good('a', 0), bad('b', 1))
    await fixture.leave(nginx)
    const next = await fixture.open()
    const applied = await fixture.apply(next, good('a', 0), bad('b', 1))
    assert.deepEqual(
      [applied.generation, applied.changed, applied.quarantined.length],
      [generation, false, 1],
    )
  })

  it('loses its last good configuration as soon as another Service gets one of its listeners', async () => {
    await fixture.apply(nginx, good('a', 0), good('b', 1))
    await fixture.apply(nginx, good('a', 0), bad('b', 2))
    assert.equal(await askTcp({port: port(1)}), 'b')
    const applied = await fixture.apply(nginx, good('a', 0), bad('b', 2), good('c', 1))
    assert.match(applied.diagnostics[0]?.message ?? '', /the Service is not served$/)
    assert.equal(await askTcp({port: port(1)}), 'c')
  })

  it('is found by bisection if NGINX names no file of a Service that changed', async () => {
    await fixture.apply(nginx, good('a', 0), good('z', 1))
    // The second of two upstreams of one name is refused: NGINX reads an unchanged Service last, and names that.
    const twice = 'upstream shared { server 127.0.0.1:9; }'
    const z = serviceFile('z', {port: port(1), extra: twice})
    await fixture.apply(nginx, good('a', 0), z)
    const files = Array.from({length: 9}, (_, index) => good(`n${index}`, 2 + index))
    const refused = serviceFile('b', {port: port(12), extra: twice})
    const before = await countTests()
    const applied = await fixture.apply(nginx, good('a', 0), ...files, refused, z)
    assert.deepEqual(applied.quarantined, refused.owners)
    assert.equal(await askTcp({port: port(1)}), 'z')
    for (const index of files.keys()) assert.equal(await askTcp({port: port(2 + index)}), `n${index}`)
    // All, nginx.conf alone, four halvings of twelve, and the rest.
    assert.equal((await countTests()) - before, 7)
  }).timeout(INTEGRATION_TIMEOUT)

  it('many of them are all found', async () => {
    const files = ports.map((_, index) =>
      index % 3 === 0 ? bad(`s${index}`, index) : good(`s${index}`, index),
    )
    const applied = await fixture.apply(nginx, ...files)
    const expected = ports.flatMap((_, index) => (index % 3 === 0 ? [`s${index}`] : []))
    assert.deepEqual(applied.quarantined.map(({name}) => name).sort(), expected.sort())
    assert.equal(await askTcp({port: port(1)}), 's1')
  }).timeout(INTEGRATION_TIMEOUT)

  it('with an address that the host does not have is left out and retried', async () => {
    const away = serviceFile('b', {listeners: [{address: '192.0.2.1', port: port(1)}]})
    for (let round = 0; round < 2; round++) {
      const before = await countTests()
      const applied = await fixture.apply(nginx, good('a', 0), away)
      assert.deepEqual(
        applied.diagnostics.map(({code, message}) => [code, message]),
        [
          [
            'port-held',
            `NGINX cannot listen on 192.0.2.1:${port(1)}/TCP: the host does not have the address; this port is not exposed`,
          ],
        ],
      )
      assert.ok((await countTests()) > before)
    }
    assert.equal(await askTcp({port: port(0)}), 'a')
  })

  it('loses only the listener that another program has, or whose address the host lacks', async () => {
    const keys = [{port: port(0)}, {port: port(1)}, {port: port(2), address: '192.0.2.1'}]
    const holder = await holdPort(port(1))
    await fixture.apply(nginx, good('a', 3))
    const without: Without = async (held) => {
      const ports = new Set(held.map(({key}) => key.port))
      return [fixture.main(), serviceFile('b', {listeners: keys.filter((key) => !ports.has(key.port))})]
    }
    const files = [fixture.main(), serviceFile('b', {listeners: keys})]
    const {diagnostics} = await applyFiles(nginx, files, new AbortController().signal, {without})
    assert.deepEqual([diagnostics, await askTcp({port: port(0)})], [[], 'b'])
    holder.close()
  }).timeout(INTEGRATION_TIMEOUT)

  it('is not left out if NGINX rejects nginx.conf: that is a failure with NGINX’s message', async () => {
    const {generation} = await fixture.apply(nginx, good('a', 0))
    const signal = new AbortController().signal
    const applying = applyFiles(
      nginx,
      [fixture.main({extra: 'no_such_option on;'}), good('a', 0), good('b', 1)],
      signal,
    )
    await assert.rejects(applying, (error: Failure) => {
      assert.equal(error.code, 'nginx-configuration-refused')
      assert.match(
        error.message,
        /^NGINX rejects nginx.conf: unknown directive "no_such_option" in nginx.conf:\d+$/,
      )
      return !error.temporary
    })
    assert.equal(nginx.status().generation, generation)
    assert.equal(await askTcp({port: port(0)}), 'a')
  })

  it('is not left out for an error of the host', async () => {
    const signal = new AbortController().signal
    const main = fixture.main({extra: `include ${fixture.directory}/missing.conf;`})
    await assert.rejects(applyFiles(nginx, [main, good('a', 0)], signal), {
      code: 'nginx-environment',
      temporary: true,
    })
  })
})

describe('a generation in a folder of its own', () => {
  it('is tested by NGINX', async () => {
    const fixture = await NginxFixture.make()
    try {
      const folder = fixture.directory
      await writeFile(join(folder, 'nginx.conf'), fixture.main().text)
      await writeFile(join(folder, 'version.conf'), 'return "1";\n')
      await writeFile(join(folder, 'services.conf'), '')
      assert.equal(await testGeneration(fixture.binary, folder), undefined)
      await writeFile(join(folder, 'services.conf'), 'listen 80;\n')
      assert.deepEqual(await testGeneration(fixture.binary, folder), {
        message: '"listen" directive is not allowed here in services.conf:1',
        file: 'services.conf',
        binds: [],
        environment: false,
      })
    } finally {
      await fixture.close()
    }
  })
})
