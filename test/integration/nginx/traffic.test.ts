/** What lbex counts of the traffic of a real NGINX, compared with what the clients and backends know. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {Worker} from 'node:worker_threads'
import {once} from 'node:events'
import pLimit from 'p-limit'
import {startTcpBackend, startUdpBackend, type Backend} from '../../support/backends.js'
import {valueOf, type Family} from '../../support/exposition.js'
import {ObservedNginx, type ObservedService} from '../../support/observed-nginx.js'
import {freePorts} from '../../support/ports.js'
import {below, randomNumbers} from '../../support/random.js'
import {skipBecause, whyNoProgram} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {askUdp, exchange, openSessions} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

/** Sessions of the comparison with ground truth: 100,000 take some minutes. */
const SESSIONS = Number(process.env['LBEX_TRAFFIC_SESSIONS'] ?? 1000)
const SERVICES = 10
const AT_A_TIME = 20

describe('traffic of NGINX', function () {
  this.timeout(INTEGRATION_TIMEOUT + SESSIONS * 20)
  let observed: ObservedNginx
  let lines: string[]
  let backends: Backend[]
  let ports: number[]

  before(async () => {
    lines = []
    const accessLog = {format: 'text', write: (line: string) => void lines.push(line)} as const
    ;[observed, backends, ports] = await Promise.all([
      ObservedNginx.open({perServer: true, accessLog}),
      Promise.all(['one', 'two'].map((name) => startTcpBackend(name))),
      freePorts(SERVICES + 2),
    ])
  })

  after(async () => {
    await observed.close()
    await Promise.all(backends.map((backend) => backend.close()))
  })

  beforeEach(() => void lines.splice(0))

  const listenOf = (index: number): number => ports[index] as number
  const portOf = (index: number): number => backends[index % 2]?.port ?? 0
  const count = (families: readonly Family[], metric: string, service: string, labels = {}) =>
    families
      .find(({name}) => name === metric)
      ?.samples.filter((sample) => sample.labels['service'] === service)
      .filter(({labels: all}) => Object.entries(labels).every(([key, value]) => all[key] === value))
      .reduce((sum, {value}) => sum + value, 0)
  const readLines = async (): Promise<number> =>
    valueOf(await observed.metrics(), 'lbex_access_log_lines_total', {result: 'read'}) ?? 0

  it('is counted exactly over reloads and changes of the Services', async () => {
    const random = randomNumbers(18)
    const truth = new Map<string, {connections: number; received: number; sent: number}>()
    const servicesOf = (round: number): ObservedService[] =>
      Array.from({length: SERVICES}, (_, index) => ({
        name: `s${(index + round) % SERVICES}`,
        listen: listenOf(index),
        to: [portOf(index), ...(round % 2 === 0 ? [portOf(index + 1)] : [])],
      }))
    const one = async (service: ObservedService): Promise<void> => {
      const text = `${'x'.repeat(below(4000, random))}.`
      const {text: answer} = await exchange({port: service.listen}, text)
      const totals = truth.get(service.name) ?? {connections: 0, received: 0, sent: 0}
      totals.connections += 1
      totals.received += text.length
      totals.sent += answer.length
      truth.set(service.name, totals)
    }
    const limit = pLimit(AT_A_TIME)
    const rounds = 5
    for (let round = 0; round < rounds; round += 1) {
      const services = servicesOf(round)
      await observed.serve(services)
      const sessions = Array.from({length: SESSIONS / rounds}, () =>
        limit(() => one(services[below(SERVICES, random)] as ObservedService)),
      )
      await Promise.all(sessions)
    }
    const families = await observed.afterLines(SESSIONS)
    for (const [service, {connections, received, sent}] of truth) {
      assert.equal(count(families, 'lbex_connections_total', service), connections, service)
      assert.equal(count(families, 'lbex_received_bytes_total', service), received, service)
      assert.equal(count(families, 'lbex_sent_bytes_total', service), sent, service)
      assert.equal(count(families, 'lbex_server_connections_total', service), connections, service)
      assert.equal(count(families, 'lbex_connections_refused_total', service), 0, service)
    }
    for (const result of ['dropped', 'invalid', 'skipped', 'unknown'])
      assert.equal(valueOf(families, 'lbex_access_log_lines_total', {result}), 0, result)
    assert.equal(lines.length, SESSIONS)
  })

  it('is counted while connections are open, and after a reload for the Service that had the port', async () => {
    const [before, after] = ['before', 'after'].map((name): ObservedService => {
      return {name, listen: listenOf(0), to: [portOf(0)]}
    }) as [ObservedService, ObservedService]
    await observed.serve([before])
    const sessions = await openSessions({port: listenOf(0)}, 5)
    await waitFor(async () => count(await observed.metrics(), 'lbex_connections_active', 'before') === 5, {
      what: 'five open connections',
    })
    await observed.serve([after])
    const start = await readLines()
    for (const session of sessions) session.close()
    const families = await observed.afterLines(start + 5)
    assert.equal(count(families, 'lbex_connections_total', 'before'), 5)
    assert.equal(count(families, 'lbex_connections_total', 'after'), 0)
  })

  it('has the reason why NGINX refused a connection', async () => {
    const [nothing = 0] = await freePorts(1)
    const to = [portOf(0)]
    const limits = {connections: '1'}
    await observed.serve([
      {name: 'ranges', listen: listenOf(0), to, annotations: {'source-ranges': '192.0.2.0/24'}},
      {name: 'limit', listen: listenOf(1), to, annotations: limits},
      {name: 'unreachable', listen: listenOf(2), to: [nothing]},
      {name: 'header', listen: listenOf(3), to, annotations: {'accept-proxy-protocol': '127.0.0.0/8'}},
      {name: 'untrusted', listen: listenOf(4), to, annotations: {'accept-proxy-protocol': '192.0.2.0/24'}},
    ])
    const start = await readLines()
    const [held] = await openSessions({port: listenOf(1)}, 1)
    const header = 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'
    const texts = ['x', 'x', 'x', 'no header\r\n', header]
    for (const [index, text] of texts.entries()) await exchange({port: listenOf(index)}, text)
    held?.close()
    const families = await observed.afterLines(start + 6)
    const refused = (service: string, reason: string) =>
      count(families, 'lbex_connections_refused_total', service, {reason})
    assert.deepEqual(
      [
        refused('ranges', 'source_range'),
        refused('limit', 'limit'),
        refused('unreachable', 'unreachable'),
        refused('header', 'error'),
        refused('untrusted', 'no_backend'),
      ],
      [1, 1, 1, 1, 1],
    )
    assert.equal(count(families, 'lbex_connect_failures_total', 'unreachable'), 1)
    assert.match(lines.join(''), /default\/ranges received=0 sent=0 seconds=0 ended=source_range\n/)
  })

  it('is counted for each Service of a shared listener', async () => {
    const annotations = {'shared-listener': 'canary', weight: '1'}
    await observed.serve([
      {name: 'blue', listen: listenOf(0), to: [portOf(0)], annotations},
      {name: 'green', listen: listenOf(0), to: [portOf(1)], annotations},
    ])
    const start = await readLines()
    const answers = await Promise.all(Array.from({length: 40}, () => exchange({port: listenOf(0)}, 'x')))
    const families = await observed.afterLines(start + 40)
    const blue = answers.filter(({text}) => text.startsWith('one')).length
    assert.equal(count(families, 'lbex_connections_total', 'blue'), blue)
    assert.equal(count(families, 'lbex_connections_total', 'green'), 40 - blue)
  })

  it('has metrics that pass promtool check metrics', async function () {
    skipBecause(this, whyNoProgram('promtool', 'prometheus'))
    const input = await observed.page()
    const {stdout, stderr} = spawnSync('promtool', ['check', 'metrics'], {input, encoding: 'utf8'})
    assert.equal(stdout + stderr, '')
  })

  it('has UDP sessions', async () => {
    const backend = await startUdpBackend('udp')
    const annotations = {'udp-responses': '1'}
    const protocol = 'UDP'
    await observed.serve([{name: 'dns', listen: listenOf(0), to: [backend.port], protocol, annotations}])
    const start = await readLines()
    const ask = () => askUdp({port: listenOf(0)}, 'ping')
    const answer = await waitFor(ask, {what: 'an answer'})
    const families = await observed.afterLines(start + 1)
    await backend.close()
    assert.equal(answer, 'udp ping')
    assert.ok((count(families, 'lbex_received_bytes_total', 'dns', {protocol}) ?? 0) >= 4)
  })

  it('goes on while lbex is away or reads nothing, and is counted again afterwards', async () => {
    await observed.serve([{name: 'web', listen: listenOf(0), to: [portOf(0)]}])
    const serve = async (): Promise<void> => {
      const answers = await Promise.all(Array.from({length: 100}, () => exchange({port: listenOf(0)}, 'x')))
      assert.ok(answers.every(({text}) => text === 'one\nx'))
    }
    await observed.ignore()
    await serve()
    const stuck = new Worker(NEVER_READS, {eval: true, workerData: observed.port})
    await once(stuck, 'message')
    for (let round = 0; round < 10; round += 1) await serve()
    await stuck.terminate()
    await observed.observe()
    await observed.serve([{name: 'again', listen: listenOf(0), to: [portOf(0)]}])
    await serve()
    await waitFor(async () => count(await observed.metrics(), 'lbex_connections_total', 'again') === 100, {
      what: '100 connections to be counted',
    })
  })
})

/** A program that has the port, and whose buffer fills up. */
const NEVER_READS = `
  const {createSocket} = require('node:dgram')
  const {parentPort, workerData} = require('node:worker_threads')
  const socket = createSocket({type: 'udp4', recvBufferSize: 4096})
  socket.bind(workerData, '127.0.0.1', () => {
    parentPort.postMessage('bound')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
`
