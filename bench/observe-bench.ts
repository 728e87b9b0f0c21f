/** What the traffic metrics cost: lbex for each line, NGINX for each connection, and a scrape with thousands of Services. */
import {readFileSync} from 'node:fs'
import {monitorEventLoopDelay} from 'node:perf_hooks'
import {setTimeout as delay} from 'node:timers/promises'
import {Worker} from 'node:worker_threads'
import pLimit from 'p-limit'
import {Traffic} from '../src/observe/traffic.js'
import {systemClock} from '../src/util/clock.js'
import {silentLogger} from '../src/util/logger.js'
import {startTcpBackend} from '../test/support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../test/support/builders.js'
import {ObservedNginx} from '../test/support/observed-nginx.js'
import {freePort} from '../test/support/ports.js'
import {askTcp} from '../test/support/traffic.js'
import {translate} from '../test/support/translate.js'
import {aLine, KEY} from '../test/unit/observe/traffic/lines.js'
import {figures, measure, round, type Figures} from './measure.js'

const SERVICES = 5000
const LINES_PER_SECOND = 5000
const SECONDS = 10
const ROUNDS = 6
const CONNECTIONS = 1000

export async function benchObserve(): Promise<object[]> {
  return [await benchLines(), await benchScrape(), ...(await benchConnections())]
}

/** The share of a CPU that lbex takes to read lines of all Services. */
async function benchLines(): Promise<object> {
  const {traffic, ids} = await openTraffic()
  const before = cpuOf(process.pid)
  await sendLines(traffic.port, ids)
  const share = (cpuOf(process.pid) - before) / (SECONDS * 1000)
  const page = (await traffic.page()).join('')
  const [, read] = /result="read"\} (\d+)/.exec(page) ?? []
  await traffic.close()
  return {what: `lbex, ${LINES_PER_SECOND} lines/s`, 'CPU %': round(share * 100), read: Number(read)}
}

async function benchScrape(): Promise<object> {
  const memory = process.memoryUsage().rss
  const {traffic} = await openTraffic()
  const lag = monitorEventLoopDelay({resolution: 1})
  lag.enable()
  let size = 0
  const time = await measure(10, async () => {
    size = (await traffic.page()).reduce((sum, part) => sum + part.length, 0)
    await delay(20)
  })
  lag.disable()
  const grown = (process.memoryUsage().rss - memory) / 2 ** 20
  await traffic.close()
  return {
    what: `scrape, ${SERVICES} Services (20 ms are waiting)`,
    milliseconds: time,
    'longest block ms': round(lag.max / 1e6),
    'page MB': round(size / 1e6),
    'RSS MB': round(grown),
  }
}

/** CPU time of NGINX for each connection, without and with the access log, in turns. */
async function benchConnections(): Promise<object[]> {
  const backend = await startTcpBackend('one')
  const [plain, observed] = [await ObservedNginx.open(), await ObservedNginx.open()]
  const [off, on] = [await freePort(), await freePort()]
  await plain.serve([{name: 'off', listen: off, to: [backend.port]}], {isLogged: false})
  await observed.serve([{name: 'on', listen: on, to: [backend.port]}])
  const times: Record<'off' | 'on', number[]> = {off: [], on: []}
  for (let index = 0; index < ROUNDS; index += 1) {
    times.off.push(await cpuPerConnection(plain, off))
    times.on.push(await cpuPerConnection(observed, on))
  }
  for (const each of [plain, observed, backend]) await each.close()
  const row = (what: string, microseconds: Figures) => ({what, microseconds})
  return [
    row('NGINX, CPU of a connection', figures(times.off)),
    row('the same with the access log', figures(times.on)),
  ]
}

/** Microseconds. */
async function cpuPerConnection({fixture}: ObservedNginx, port: number): Promise<number> {
  const workers = fixture.processes().accepting.map(({pid}) => pid)
  const total = (): number => workers.reduce((sum, pid) => sum + cpuOf(pid), 0)
  const before = total()
  const limit = pLimit(50)
  await Promise.all(Array.from({length: CONNECTIONS}, () => limit(() => askTcp({port}))))
  return ((total() - before) / CONNECTIONS) * 1000
}

/** Milliseconds of CPU time of the main thread of a process, in the kernel's steps of 10 ms (proc_pid_stat(5)). */
function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function openTraffic(): Promise<{traffic: Traffic; ids: readonly string[]}> {
  const parts = Array.from({length: SERVICES}, (_, index) => [
    aService(`service-${index}`)
      .annotated({'upstream-type': 'pod'})
      .port('http', 80, {listen: 10_000 + index}),
    aSlice(`service-${index}`).port('http', 80).endpoints(anEndpoint('10.0.0.1')),
  ]).flat()
  const {loadBalancer} = translate(aSnapshot(parts), options())
  const traffic = await Traffic.open({port: 0, key: KEY, clock: systemClock, log: silentLogger})
  traffic.update(loadBalancer)
  return {traffic, ids: loadBalancer.services.map(({id}) => id)}
}

async function sendLines(port: number, ids: readonly string[]): Promise<void> {
  const lines = ids.map((owner, index) => aLine({owner, port: String(10_000 + index)}))
  const workerData = {port, lines, perSecond: LINES_PER_SECOND, seconds: SECONDS}
  const sender = new Worker(SENDER, {eval: true, workerData})
  await new Promise((resolve) => sender.once('exit', resolve))
}

const SENDER = `
  const {createSocket} = require('node:dgram')
  const {workerData: {port, lines, perSecond, seconds}} = require('node:worker_threads')
  const socket = createSocket('udp4')
  const start = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.min(seconds, (performance.now() - start) / 1000) * perSecond
    for (; sent < due; sent += 1) socket.send(lines[sent % lines.length], port, '127.0.0.1')
    if (sent < seconds * perSecond) return
    clearInterval(timer)
    setTimeout(() => socket.close(), 500)
  }, 2)
`
