/** Active health checks of `lbex run`, with a real NGINX and backends that die, hang and come back. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {startTcpBackend, startUdpBackend, type Backend} from '../support/backends.js'
import {freePort, freePorts} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT, scaled} from '../support/timeouts.js'
import {askTcp, askUdp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {startLbex} from '../commands/lbex.js'
import {endNginx, nginxFlags} from '../commands/nginx.js'
import {checkedService, type CheckedPort} from './checked-service.js'

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
  async function run(
    ports: number | readonly CheckedPort[],
    addresses: readonly string[],
    settings: Record<string, string>,
    others: Record<string, string> = {},
  ) {
    const all = typeof ports === 'number' ? [{name: 'main', listen, port: ports}] : ports
    await writeFile(join(folder.path, 'web.yaml'), checkedService(all, addresses, settings, others))
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

  async function startUdp(name: string, address: string, port: number): Promise<Backend> {
    const started = await startUdpBackend(name, {address, port})
    closing.push(() => started.close())
    return started
  }

  /** Of 127.0.0.2: says its name long after the timeout of the check. */
  async function listenSlowly(port: number): Promise<void> {
    const timers = new Set<NodeJS.Timeout>()
    const server = createServer((socket) => {
      socket.on('error', () => {})
      timers.add(setTimeout(() => socket.end('green\n'), scaled(3000)))
    }).listen(port, '127.0.0.2')
    await once(server, 'listening')
    closing.push(async () => {
      for (const timer of timers) clearTimeout(timer)
      server.close()
    })
  }

  /** Answers probes with `pong`, those of 127.0.0.2 as `isGood` says for each. Returns the port. */
  async function answerProbes(isGood: () => boolean): Promise<number> {
    const port = await freePort()
    for (const address of ['127.0.0.1', '127.0.0.2']) {
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.end(address === '127.0.0.1' || isGood() ? 'pong' : '')
      }).listen(port, address)
      await once(server, 'listening')
      closing.push(async () => void server.close())
    }
    return port
  }

  async function backend(name: string, address: string, port: number): Promise<Backend> {
    const started = await startTcpBackend(name, {address, port})
    closing.push(() => started.close())
    return started
  }

  /** The names that answer a number of connections that is enough for each server to get some. */
  async function answers(ask: () => Promise<string | undefined>): Promise<string[]> {
    const names = await Promise.all(Array.from({length: 20}, () => ask().catch(() => '-')))
    return [...new Set(names.map((name) => name ?? '-'))].sort()
  }

  const onlyAnswers = (ask: () => Promise<string | undefined>, ...names: string[]) =>
    waitFor(async () => (await answers(ask)).join() === names.join(), {
      what: `answers by ${names.join(' and ')} only`,
      deadline: 30_000,
    })

  const onlyBy = (...names: string[]) => onlyAnswers(() => askTcp({port: listen}), ...names)

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

  it('stop the traffic to one port of a backend: one that is slow, dead, or answers garbage', async () => {
    const {port: main} = await backend('blue', '127.0.0.1', 0)
    await backend('green', '127.0.0.2', main)
    const {port: slow} = await backend('blue', '127.0.0.1', 0)
    await listenSlowly(slow)
    const {port: dead} = await backend('blue', '127.0.0.1', 0)
    const {port: dns} = await startUdp('pong', '127.0.0.1', 0)
    await startUdp('junk', '127.0.0.2', dns)
    const [, ...others] = await freePorts(4)
    const listens = [listen, ...others]
    const ports = [main, slow, dead, dns].map((port, at) => ({
      ...{name: ['main', 'slow', 'dead', 'dns'][at] ?? '', listen: listens[at] ?? 0, port},
      protocol: at === 3 ? 'UDP' : 'TCP',
    }))
    const {log} = await run(ports, ['127.0.0.1', '127.0.0.2'], {
      ...{...FAST, check: 'tcp', 'expect.slow': 'blue'},
      ...{'check.dns': 'udp', 'send.dns': 'ping', 'expect.dns': 'pong'},
    })
    for (const port of [slow, dead, dns])
      await waitFor(() => new RegExp(`127\\.0\\.0\\.2:${port} \\(`).test(log()), {
        what: `the failure of port ${port}`,
        deadline: 60_000,
      })
    await onlyBy('blue', 'green')
    for (const port of others.slice(0, 2)) await onlyAnswers(() => askTcp({port}), 'blue')
    await onlyAnswers(() => askUdp({port: others[2] ?? 0}, 'x'), 'pong x')
    assert.ok(!log().includes(`127.0.0.2:${main} (`))
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

  it('leave a server in use whose probes fail now and then, and leave failed connections to NGINX', async () => {
    const {port} = await backend('blue', '127.0.0.1', 0)
    const green = await backend('green', '127.0.0.2', port)
    let [probes, isDead] = [0, false]
    const check = await answerProbes(() => !isDead && ++probes % 2 === 0)
    const time = `${scaled(500)}ms`
    const settings = {
      check: 'tcp',
      port: `${check}`,
      expect: 'pong',
      interval: time,
      timeout: time,
      fall: '4',
    }
    const passive = {'loadbalancer.lbex/max-fails': '1', 'loadbalancer.lbex/fail-timeout': '1s'}
    const {log} = await run(port, ['127.0.0.1', '127.0.0.2'], settings, passive)
    await onlyBy('blue', 'green')
    await green.close()
    await onlyBy('blue')
    await backend('green', '127.0.0.2', port)
    await onlyBy('blue', 'green')
    // More have failed by now than `fall`, but not in a row.
    await waitFor(() => probes >= 9, {what: 'some probes', deadline: 30_000})
    assert.deepEqual(await answers(() => askTcp({port: listen})), ['blue', 'green'])
    assert.equal(log().split('"configuration applied"').length - 1, 1)
    assert.ok(!log().includes('"server-unhealthy"'))
    isDead = true
    await waitFor(() => log().includes('"server-unhealthy"'), {what: 'the failure', deadline: 30_000})
    await onlyBy('blue')
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
