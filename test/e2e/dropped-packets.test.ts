/** Active health checks of `lbex run` if the packets of a server are dropped: the server refuses nothing, it is silent. */
import assert from 'node:assert/strict'
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {startLbex} from '../commands/lbex.js'
import {endNginx, nginxFlags} from '../commands/nginx.js'
import {skipBecause} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'
import {checkedService} from './checked-service.js'
import type {NamespaceAnswer, NamespaceOrder} from './namespace-process.js'
import {HUB, Network} from './network.js'

const LISTEN = 8080
const PORT = 8000
const CHECK = {check: 'tcp', interval: '2s', timeout: '2s', fall: '2', rise: '2'}
/** A client that NGINX sends to the silent server waits for so long; one of another server gets its answer much earlier. */
const HELD = {'loadbalancer.lbex/connect-timeout': '1m'}
const PATIENCE = 30_000

describe('active health checks, if packets are dropped', function () {
  this.timeout(2 * INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let network: Network
  let closing: (() => Promise<unknown>)[]

  before(function () {
    skipBecause(this, Network.whyNot())
  })
  beforeEach(async () => {
    folder = await temporaryFolder()
    network = new Network(2)
    closing = []
  })
  afterEach(async () => {
    for (const close of closing.reverse()) await close()
    await endNginx(folder.path)
    network.close()
    await folder.remove()
  })

  /** A process on a host, or on the hub. */
  async function start(host?: number): Promise<(order: NamespaceOrder) => Promise<NamespaceAnswer>> {
    const [execPath = '', ...into] = network.into(host)
    const script = fileURLToPath(new URL('namespace-process.ts', import.meta.url))
    const child: ChildProcess = fork(script, {
      ...{execPath, execArgv: [...into, process.execPath, '--import', 'tsx']},
    })
    closing.push(async () => {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    })
    return async (order) => {
      child.send(order)
      const [answer] = (await once(child, 'message')) as [NamespaceAnswer]
      return answer
    }
  }

  /** Starts lbex on the hub, and returns what it has logged so far. */
  async function run(): Promise<() => string> {
    const addresses = [0, 1].map((host) => network.addressOf(host))
    const file = join(folder.path, 'web.yaml')
    await writeFile(
      file,
      checkedService([{name: 'main', listen: LISTEN, port: PORT}], addresses, CHECK, HELD),
    )
    const flags = ['-f', file, '--listen-address', HUB, '--health-check=false', '--reload-interval', '0']
    const parameters = ['run', ...flags, ...(await nginxFlags(folder.path))]
    const {child, ended} = startLbex(parameters, {through: network.into()})
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    closing.push(async () => {
      child.kill('SIGTERM')
      await ended
    })
    await waitFor(() => log.includes('"configuration applied"'), {what: 'the start', deadline: 30_000})
    return () => log
  }

  it('send no client to the silent server, which does not flap, until it answers again', async () => {
    const [blue, green, client] = await Promise.all([start(0), start(1), start()])
    await blue({listen: {name: 'blue', address: network.addressOf(0), port: PORT}})
    await green({listen: {name: 'green', address: network.addressOf(1), port: PORT}})
    const log = await run()
    const ask = async (count: number): Promise<NamespaceAnswer> =>
      client({ask: {address: HUB, port: LISTEN, count, patience: PATIENCE}})
    const both = async (): Promise<boolean> => new Set(await ask(4)).size === 2
    await waitFor(both, {what: 'answers of both servers', deadline: 30_000})

    network.setDropping(1, true)
    await waitFor(() => log().includes('"server-unhealthy"'), {what: 'the failure', deadline: 30_000})
    assert.deepEqual(new Set(await ask(12)), new Set(['blue']))
    assert.match(log(), /10\.77\.0\.12:8000 \(no answer within 2000 ms, since /)
    assert.ok(!log().includes('"diagnostic cleared"'))

    network.setDropping(1, false)
    await waitFor(both, {what: 'answers of both servers again', deadline: 30_000})
  })
})
