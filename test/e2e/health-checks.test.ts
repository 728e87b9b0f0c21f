/** Active health checks of `lbex run`, with a real NGINX and backends that die, hang and come back. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {freePort, freePorts} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {startLbex} from '../commands/lbex.js'
import {endNginx, nginxFlags} from '../commands/nginx.js'

const FAST = {interval: '500ms', timeout: '400ms', fall: '2', rise: '2'}

describe('active health checks', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let listen: number
  let closing: (() => Promise<unknown>)[]

  beforeEach(async () => {
    folder = await temporaryFolder()
    listen = await freePort()
    closing = []
  })
  afterEach(async () => {
    for (const close of closing.reverse()) await close()
    await endNginx(folder.path)
    await folder.remove()
  })

  /** Starts lbex, and returns what it has logged so far. */
  async function run(port: number, addresses: readonly string[], settings: Record<string, string>) {
    await writeFile(join(folder.path, 'web.yaml'), manifest(listen, port, addresses, settings))
    const flags = ['-f', join(folder.path, 'web.yaml'), '--listen-address', '127.0.0.1']
    const parameters = ['run', ...flags, '--health-check=false', '--reload-interval', '0']
    const {child, ended} = startLbex([...parameters, ...(await nginxFlags(folder.path))])
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    closing.push(async () => {
      child.kill('SIGTERM')
      await ended
    })
    await waitFor(() => log.includes('"configuration applied"'), {what: 'the start', deadline: 30_000})
    return {log: () => log, child, ended}
  }

  async function backend(name: string, address: string, port: number): Promise<Backend> {
    const started = await startTcpBackend(name, {address, port})
    closing.push(() => started.close())
    return started
  }

  /** The names that answer a number of connections that is enough for each server to get some. */
  async function answers(): Promise<string[]> {
    const names = await Promise.all(Array.from({length: 20}, () => askTcp({port: listen}).catch(() => '-')))
    return [...new Set(names)].sort()
  }

  const onlyBy = (...names: string[]) =>
    waitFor(async () => (await answers()).join() === names.join(), {
      what: `answers by ${names.join(' and ')} only`,
      deadline: 30_000,
    })

  it('keep all servers in use if every one fails', async () => {
    const {port} = await backend('blue', '127.0.0.1', 0)
    await backend('green', '127.0.0.2', port)
    const settings = {...FAST, check: 'tcp', expect: 'red'}
    const {log} = await run(port, ['127.0.0.1', '127.0.0.2'], settings)
    await waitFor(() => log().includes('"servers-all-unhealthy"'), {what: 'both to fail', deadline: 30_000})
    await onlyBy('blue', 'green')
  })

  it('send no connections to a server that accepts and never answers', async () => {
    const {port} = await backend('blue', '127.0.0.1', 0)
    const hanging = createServer((socket) => void socket.on('error', () => {})).listen(port, '127.0.0.2')
    await once(hanging, 'listening')
    closing.push(async () => void hanging.close())
    const {log} = await run(port, ['127.0.0.1', '127.0.0.2'], {...FAST, check: 'tcp', expect: 'blue'})
    await waitFor(() => log().includes('"server-unhealthy"'), {what: 'the failure', deadline: 30_000})
    await onlyBy('blue')
  })

  it('follow a server that dies and comes back', async () => {
    const {port} = await backend('blue', '127.0.0.1', 0)
    const green = await backend('green', '127.0.0.2', port)
    const {log} = await run(port, ['127.0.0.1', '127.0.0.2'], {...FAST, check: 'tcp'})
    await onlyBy('blue', 'green')
    await green.close()
    await waitFor(() => log().includes('"server-unhealthy"'), {what: 'the failure', deadline: 30_000})
    await onlyBy('blue')
    await backend('green', '127.0.0.2', port)
    await onlyBy('blue', 'green')
  })

  it('are remembered by the next lbex', async () => {
    const [port = 0] = await freePorts(1)
    await backend('blue', '127.0.0.1', port)
    const settings = {...FAST, interval: '30s', fall: '1', check: 'tcp'}
    const first = await run(port, ['127.0.0.1', '127.0.0.2'], settings)
    await waitFor(() => first.log().includes('"server-unhealthy"'), {what: 'the failure', deadline: 60_000})
    first.child.kill('SIGTERM')
    await first.ended
    const second = await run(port, ['127.0.0.1', '127.0.0.2'], settings)
    await waitFor(() => second.log().includes('"server-unhealthy"'), {what: 'the memory', deadline: 30_000})
    assert.match(second.log(), /127\.0\.0\.2:\d+ \(connection refused, since /)
  })
})

function manifest(
  listen: number,
  port: number,
  addresses: readonly string[],
  {check = '', ...settings}: Record<string, string>,
): string {
  const annotations = {
    'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
    'loadbalancer-port.lbex/main': `${listen}`,
    'loadbalancer.lbex/upstream-type': 'pod',
    'loadbalancer.lbex/health-check': check,
    ...Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`loadbalancer.lbex/health-check-${name}`, value]),
    ),
  }
  const service = {
    ...{apiVersion: 'v1', kind: 'Service'},
    metadata: {name: 'web', uid: 'web-1', creationTimestamp: '2024-01-01T00:00:00Z', annotations},
    spec: {
      ...{type: 'ClusterIP', clusterIP: '10.0.0.10', clusterIPs: ['10.0.0.10'], ipFamilies: ['IPv4']},
      ...{selector: {app: 'web'}, ports: [{name: 'main', port: 80}]},
    },
  }
  const slice = {
    ...{apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4'},
    metadata: {name: 'web-1', labels: {'kubernetes.io/service-name': 'web'}},
    endpoints: addresses.map((address) => ({addresses: [address], conditions: {ready: true}})),
    ports: [{name: 'main', port, protocol: 'TCP'}],
  }
  return JSON.stringify({apiVersion: 'v1', kind: 'List', items: [service, slice]})
}
