/** lbex, and NGINX, killed at any moment of changes with and without reloads: the next lbex makes NGINX serve what is wanted. */
import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {rm} from 'node:fs/promises'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {assembleGeneration} from '../../../../src/dataplane/nginx/config/generation.js'
import {applyFiles} from '../../../support/apply-files.js'
import {startTcpBackend, type Backend} from '../../../support/backends.js'
import type {LiveCrashOrder} from '../../../support/live-crash-process.js'
import {LiveStage, type LiveWorld} from '../../../support/live-stage.js'
import {freePorts} from '../../../support/ports.js'
import {below, randomNumbers} from '../../../support/random.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {askTcp, Pump} from '../../../support/traffic.js'

/** How often a program is killed. LBEX_CRASH_MOMENTS=200 finds rarer moments, in minutes. */
const MOMENTS = Number(process.env['LBEX_CRASH_MOMENTS'] ?? 12)
/** LBEX_CRASH_SEED repeats a run, as far as the timing of the machine allows. */
const SEED = Number(process.env['LBEX_CRASH_SEED'] ?? 1)
/** Milliseconds within which it is killed after it began to make changes: several changes and reloads. */
const WITHIN = 300
/** In the repository, so that imports find the packages. */
const BUNDLE = fileURLToPath(new URL(`../../../../.cache/live-crash-${process.pid}.mjs`, import.meta.url))

describe('changes of servers, if lbex or NGINX is killed at any moment', function () {
  this.timeout((1 + MOMENTS / 12) * INTEGRATION_TIMEOUT)
  const random = randomNumbers(SEED)
  let stage: LiveStage
  let backends: Backend[]
  let ports: number[]

  before(async function () {
    stage = await LiveStage.make(this, 'trixie')
    // Starts of a compiler would take longer than the test.
    const entry = fileURLToPath(new URL('../../../support/live-crash-process.ts', import.meta.url))
    await build({
      entryPoints: [entry],
      outfile: BUNDLE,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    })
    backends = await Promise.all(['a', 'b', 'c'].map((name) => startTcpBackend(name)))
    ports = await freePorts(2)
  })

  after(async () => {
    for (const backend of backends ?? []) await backend.close()
    await stage?.close()
    await rm(BUNDLE, {force: true})
  })

  /** The Service `web` with these backends, and another one that comes and goes, which takes reloads. */
  function world(names: string, other: boolean): LiveWorld {
    const [listen = 0, more = 0] = ports
    const to = backends.filter(({name}) => names.includes(name)).map(({port}) => port)
    return {web: {listen, to}, ...(other && {other: {listen: more, to}})}
  }

  const WORLDS = ['a', 'b', 'ab', 'c'].flatMap((names) => [false, true].map((other) => ({names, other})))

  /** `andNginx`: NGINX is killed first, and lbex while it may be restarting NGINX. */
  async function runAndKill(round: number, andNginx = false): Promise<void> {
    const {directory, binary, streamModule} = stage.fixture
    const worlds = WORLDS.map(({names, other}) => {
      const {files, idle = []} = stage.translate(world(names, other))
      return {files, idle}
    })
    const consolidateAfter = round % 3 === 0 ? 0 : 3_600_000
    const seed = below(2 ** 31, random)
    const order: LiveCrashOrder = {
      directory,
      binary,
      modulePath: streamModule,
      consolidateAfter,
      worlds,
      seed,
    }
    const child = spawn(process.execPath, [BUNDLE, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    await Promise.race([once(child.stdout, 'data'), exit])
    await delay(below(WITHIN, random))
    if (andNginx) {
      await stage.fixture.kill()
      await delay(below(WITHIN, random))
    }
    child.kill('SIGKILL')
    assert.deepEqual(await exit, [null, 'SIGKILL'])
  }

  /** The next lbex, with what it is asked to serve. */
  async function takeOver(round: number): Promise<void> {
    const {names, other} = WORLDS[round % WORLDS.length] ?? {names: 'a', other: false}
    const nginx = await stage.open()
    await stage.apply(nginx, world(names, other))
    await expectAnswers(names)
    await stage.apply(nginx, world('c', other))
    await expectAnswers('c')
    assert.deepEqual(nginx.live()?.working, true)
    await stage.fixture.leave(nginx)
  }

  async function expectAnswers(names: string): Promise<void> {
    const answers = await Promise.all(Array.from({length: 24}, () => askTcp({port: ports[0] ?? 0})))
    assert.equal([...new Set(answers.map((text) => text.trim()))].sort().join(''), names)
  }

  /** In the end the configuration is what a fresh lbex would write, and nothing is left in the dictionary. */
  async function expectFresh(): Promise<void> {
    const {files, idle = []} = stage.translate(world('a', false))
    const nginx = await stage.open({live: {mode: 'on', consolidateAfter: 0}})
    const {signal} = new AbortController()
    await applyFiles(nginx, files, signal, {idle})
    await applyFiles(nginx, files, signal, {idle})
    assert.equal(nginx.status().generation, assembleGeneration(files).id)
    assert.deepEqual(nginx.live(), {upstreams: 0, working: true})
    await stage.fixture.leave(nginx)
    await expectAnswers('a')
  }

  it(`lbex, ${MOMENTS / 2} times: no connection fails`, async () => {
    await takeOver(0)
    const pump = new Pump({targets: [{port: ports[0] ?? 0}], perSecond: 100, limit: 200_000})
    for (let round = 0; round < MOMENTS / 2; round += 1) {
      await runAndKill(round)
      await takeOver(round)
    }
    const {failed, problems} = await pump.stop()
    assert.deepEqual({failed, problems}, {failed: 0, problems: {}})
    await expectFresh()
  })

  it(`NGINX, and lbex before or after it has restarted NGINX, ${MOMENTS / 2} times`, async () => {
    for (let round = 0; round < MOMENTS / 2; round += 1) {
      await runAndKill(round, round % 2 === 0)
      if (round % 2 === 1) await stage.fixture.kill()
      await takeOver(round)
    }
    await expectFresh()
  })
})
