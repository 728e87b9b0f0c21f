import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {rm} from 'node:fs/promises'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import type {NginxStatus} from '../../../src/dataplane/data-plane.js'
import {testConfiguration} from '../../../src/dataplane/nginx/apply/test-configuration.js'
import {applyFiles} from '../../support/apply-files.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import type {CrashOrder} from '../../support/nginx-crash-process.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {Pump, Session} from '../../support/traffic.js'

const ROUNDS = 50
/** In the repository, so that imports find the packages. */
const BUNDLE = fileURLToPath(new URL(`../../../.cache/crash-test-${process.pid}.mjs`, import.meta.url))

describe('lbex killed at any moment', () => {
  let fixture: NginxFixture
  let backend: Backend
  let ports: number[]

  before(async () => {
    // Fifty starts of a compiler would take longer than the test.
    const entry = fileURLToPath(new URL('../../support/nginx-crash-process.ts', import.meta.url))
    await build({
      entryPoints: [entry],
      outfile: BUNDLE,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    })
    fixture = await NginxFixture.make()
    backend = await startTcpBackend('backend')
    ports = await freePorts(5)
  })

  after(async () => {
    await fixture.close()
    await backend.close()
    await rm(BUNDLE, {force: true})
  })

  it(`${ROUNDS} times leaves files that NGINX accepts, and the next lbex adopts NGINX without a failed connection`, async () => {
    const [stablePort = 0, ...others] = ports
    const stable = serviceFile('stable', {port: stablePort, to: [backend.port]})
    const main = fixture.main({shutdownTimeout: 3600})
    const signal = new AbortController().signal
    const first = await fixture.open()
    await applyFiles(first, [main, stable], signal)
    const {pid} = first.status()
    await fixture.leave(first)

    const session = await Session.open({port: stablePort})
    const pump = new Pump({targets: [{port: stablePort}], perSecond: 200, limit: 50_000})
    const order: CrashOrder = {
      directory: fixture.directory,
      binary: fixture.binary,
      ...(fixture.streamModule && {streamModule: fixture.streamModule}),
      stablePort,
      backendPort: backend.port,
      ports: others,
    }
    for (let round = 0; round < ROUNDS; round++) {
      const adopted = await runAndKill(order, round)
      if (adopted) assert.deepEqual([adopted.pid, adopted.serving], [pid, true])
      assert.equal(await testConfiguration(fixture.binary, fixture.layout.config), undefined)
      assert.deepEqual(
        fixture.processes().masters.map((master) => master.pid),
        [pid],
      )
    }
    const last = await fixture.open()
    assert.equal(last.status().pid, pid)
    await applyFiles(last, [main, stable], signal)
    const {failed, problems} = await pump.stop()
    assert.deepEqual({failed, problems}, {failed: 0, problems: {}})
    assert.equal(await session.isAlive(), true)
    session.close()
  }).timeout(2 * INTEGRATION_TIMEOUT)
})

/** Starts an lbex and kills it at a random moment; returns what it found after it opened NGINX, if it did. */
async function runAndKill(order: CrashOrder, round: number): Promise<NginxStatus | undefined> {
  const child = spawn(process.execPath, [BUNDLE, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const opened = statusOf(child)
  // Usually after it opened NGINX, during one of the applies; sometimes before.
  if (round % 5 !== 0) await Promise.race([opened, exit])
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
  child.kill('SIGKILL')
  assert.deepEqual(await exit, [null, 'SIGKILL'])
  return opened
}

async function statusOf({stdout}: ChildProcess): Promise<NginxStatus | undefined> {
  for await (const line of createInterface({input: stdout as NodeJS.ReadableStream})) {
    return JSON.parse(line) as NginxStatus
  }
  return undefined
}
