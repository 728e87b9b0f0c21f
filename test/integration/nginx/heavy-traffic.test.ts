/** The guarantees of lbex for reloads, under load. */
import assert from 'node:assert/strict'
import type {NginxFile} from '../../../src/dataplane/nginx-file.js'
import {askSocket} from '../../../src/util/ask-socket.js'
import {childrenOf} from '../../../src/dataplane/nginx/process/processes.js'
import {MAX_CHILDREN} from '../../../src/dataplane/nginx/process/workers.js'
import type {Applied, DataPlane} from '../../../src/dataplane/data-plane.js'
import {applyFiles} from '../../support/apply-files.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {RemoteTraffic} from '../../support/nginx-traffic.js'
import {freePorts} from '../../support/ports.js'
import {randomNumbers} from '../../support/random.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {waitFor} from '../../support/wait.js'

const SESSIONS = 200
const PER_SECOND = 3000

describe('under 3,000 connections a second and 200 sessions', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let traffic: RemoteTraffic
  let ports: number[]
  let stable: NginxFile

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open({openFiles: 20_000})
    traffic = await RemoteTraffic.open()
    ports = await freePorts(9)
    stable = serviceFile('stable', {port: ports[0], to: [traffic.backendPort]})
    await apply([])
    await traffic.start({port: ports[0] as number, perSecond: PER_SECOND, limit: 300_000, sessions: SESSIONS})
  })

  afterEach(async () => {
    await traffic.close()
    await fixture.close()
  })

  /** Sessions may last longer than any of these tests. */
  function apply(files: readonly NginxFile[]): Promise<Applied> {
    const main = fixture.main({shutdownTimeout: 3600})
    return applyFiles(nginx, [main, stable, ...files], new AbortController().signal)
  }

  /** Applies, and checks the confirmation: the generation is the new one, and no worker of an earlier one accepts connections. */
  async function applyAndCheck(files: readonly NginxFile[]): Promise<void> {
    const before = new Set(accepting())
    const {generation, reloads} = await apply(files)
    const after = accepting()
    assert.equal(await askSocket(fixture.layout.versionSocket, 2000), generation)
    if (reloads > 0)
      assert.deepEqual(
        after.filter((pid) => before.has(pid)),
        [],
      )
    // A worker that was just forked has its title only once it was scheduled.
    await waitFor(() => accepting().length === 2, {what: 'both workers'})
    const children = childrenOf(nginx.status().pid as number).length
    assert.ok(children <= MAX_CHILDREN, `${children} children`)
  }

  function accepting(): number[] {
    return fixture.processes().accepting.map(({pid}) => pid)
  }

  async function expectNoLoss(): Promise<void> {
    const {failed, problems, succeeded, sessionsAlive} = await traffic.stop()
    assert.deepEqual({failed, problems, sessionsAlive}, {failed: 0, problems: {}, sessionsAlive: SESSIONS})
    assert.ok(succeeded > 10_000, `${succeeded} connections`)
  }

  it('a hundred reloads fail no connection', async () => {
    for (let round = 0; round < 100; round++) {
      await applyAndCheck([serviceFile('changing', {port: ports[1], answer: `${round}`})])
    }
    await expectNoLoss()
  }).timeout(3 * INTEGRATION_TIMEOUT)

  it('two hundred random changes fail no connection', async () => {
    const random = randomNumbers(2_017)
    const services = new Map<string, NginxFile>()
    for (let round = 0; round < 200; round++) {
      change(services, ports.slice(1), random, round)
      await applyAndCheck([...services.values()])
    }
    await expectNoLoss()
  }).timeout(5 * INTEGRATION_TIMEOUT)
})

/** Adds, changes, removes or breaks one Service; sometimes it moves to the wildcard or to UDP. */
function change(
  services: Map<string, NginxFile>,
  ports: readonly number[],
  random: () => number,
  round: number,
): void {
  const index = Math.floor(random() * ports.length)
  const name = `s${index}`
  const what = random()
  if (what < 0.2 && services.delete(name)) return
  const listener = {
    port: ports[index] as number,
    address: what > 0.95 ? '0.0.0.0' : '127.0.0.1',
    protocol: what > 0.8 && what < 0.9 ? ('UDP' as const) : ('TCP' as const),
  }
  const extra = what > 0.3 && what < 0.35 ? 'nonsense;' : ''
  services.set(name, serviceFile(name, {listeners: [listener], answer: `${round}`, extra}))
}
