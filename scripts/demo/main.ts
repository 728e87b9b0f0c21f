/**
 * The main job, for real: Services from examples/, a real NGINX, real TCP and UDP clients, changes and a failure under traffic.
 *
 *   npm run demo             shows it and cleans up
 *   npm run demo -- --stay   then serves until Ctrl-C, and says what to look at
 */
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {ASKED, PORTS} from './asked.js'
import {tcpBackend, udpBackend, type Backend} from './backends.js'
import {askTcp, spread, SteadyClient} from './clients.js'
import {startLbex, waitUntil, type RunningLbex} from './lbex.js'
import {Manifests} from './manifests.js'
import {say, step, table} from './words.js'

const NODES = {
  'worker-1': '127.0.0.11',
  'worker-2': '127.0.0.12',
  'worker-3': '127.0.0.13',
  'worker-4': '127.0.0.14',
}
const PODS = {'queue-1': '127.0.0.21', 'queue-2': '127.0.0.22'}

const isStaying = process.argv.includes('--stay')
const folder = await mkdtemp(join(tmpdir(), 'lbex-demo-'))
const backends = new Map<string, Backend>()
let lbex: RunningLbex | undefined

try {
  const manifests = await Manifests.copy(join(folder, 'examples'))
  await startBackends()
  lbex = await startLbex(manifests.folder, join(folder, 'nginx'), isStaying ? ['--ui'] : [])
  await showConfiguration(lbex)
  await showSpread()
  await changeUnderTraffic(lbex, manifests)
  await failUnderTraffic(lbex, manifests)
  await limitSources(lbex, manifests)
  await stopLbex(lbex, isStaying && (await stay(lbex)))
} catch (error) {
  process.exitCode = 1
  console.error(`\nThe demo failed: ${(error as Error).message}\n${lbex?.log() ?? ''}`)
} finally {
  await lbex?.stop()
  for (const backend of backends.values()) await backend.close()
  await rm(folder, {recursive: true, force: true})
}

async function startBackends(): Promise<void> {
  step('Backends: local programs that answer with their name')
  for (const [name, address] of Object.entries(NODES)) {
    backends.set(`${name} 30080`, await tcpBackend(name, address, 30_080))
    backends.set(`${name} 30443`, await tcpBackend(name, address, 30_443))
    backends.set(`${name} 30123`, await udpBackend(name, address, 30_123))
  }
  for (const [name, address] of Object.entries(PODS))
    backends.set(name, await tcpBackend(name, address, 35_672))
  say(
    'four nodes (127.0.0.11 to .14) with node ports 30080/TCP, 30443/TCP and 30123/UDP, and two Pods of a queue',
  )
}

async function showConfiguration({commandLine, health}: RunningLbex): Promise<void> {
  step('lbex reads the Services of examples/ and configures a real NGINX')
  say(`$ ${commandLine.replaceAll(folder, '$DEMO')}`)
  say(`$ curl ${health}/readyz?verbose`)
  say(await fetch(`${health}/readyz?verbose`).then((response) => response.text()))
  const services = join(folder, 'nginx', 'current', 'services')
  const file = (await readdir(services)).find((name) => name.includes('ntp')) ?? ''
  say(`$ cat $DEMO/nginx/current/services/${file}`)
  say(await readFile(join(services, file), 'utf8'))
}

async function showSpread(): Promise<void> {
  step('Who answers: 300 clients for each listen port')
  for (const [title, ask] of Object.entries(ASKED)) say(table(title, await spread(ask, 300)))
}

async function changeUnderTraffic(running: RunningLbex, manifests: Manifests): Promise<void> {
  step(`A backend goes and another comes, while a client connects to 127.0.0.1:${PORTS.http} without a pause`)
  const reloads = await running.metric('lbex_nginx_reloads_total')
  const client = new SteadyClient(PORTS.http)
  await waitUntil('the first answers', () => client.count('worker-3') >= 20)

  await manifests.editEndpoints((lines) => lines.filter((line) => !line.includes('worker-3')))
  await waitUntil('worker-3 to get no more connections', () => client.answeredWithout('worker-3', 50))
  await stopBackend('worker-3 30080')
  say('worker-3 left the EndpointSlice, gets no more connections, and was shut down')

  const added = '  - {addresses: [10.1.1.14], nodeName: worker-4, conditions: {ready: true}}'
  await manifests.editEndpoints((lines) => [...lines, added])
  await waitUntil('worker-4 to answer', () => client.count('worker-4') >= 50)
  say('worker-4 joined the EndpointSlice and gets its share')

  await client.stop()
  say(table('one client, all the time', client.answers))
  say(`failed connections: ${client.failures.length}`)
  if (client.failures.length > 0) throw new Error(`connections failed: ${client.failures.join(', ')}`)
  const done = (await running.metric('lbex_nginx_reloads_total')) - reloads
  say(`reloads of NGINX: ${done}${done === 0 ? ', because njs changes servers in its memory' : ''}`)
}

/** The EndpointSlice still names the backend: only the health check notices. */
async function failUnderTraffic(running: RunningLbex, manifests: Manifests): Promise<void> {
  step('A backend dies and Kubernetes does not notice: the health check does')
  await manifests.annotate({
    'health-check.http': 'tcp',
    'health-check-interval': '1s',
    'health-check-fall': '2',
  })
  say('loadbalancer.lbex/health-check.http: tcp')
  // NGINX tries another server only for those of its configuration, where lbex writes them after a while.
  await waitUntil('the configuration', async () => (await running.metric('lbex_live_upstreams')) === 0)
  const client = new SteadyClient(PORTS.http)
  await waitUntil('the first answers', () => client.count('worker-2') >= 20)
  await waitUntil('the first probes', async () => (await running.metric('lbex_health_checks_total')) > 0)
  await stopBackend('worker-2 30080')
  const status = async () => (await running.ask('status', 'my-nginx')).trimEnd()
  await waitUntil('the check to fail', async () => (await status()).includes('fails its health check'))
  await waitUntil('worker-2 to get no more connections', () => client.answeredWithout('worker-2', 50))
  const failed = client.failures.length
  say('$ lbex status my-nginx')
  say(await status())
  say(`failed connections until the check failed twice: ${failed}`)
  await waitUntil('further answers', () => client.answeredWithout('worker-2', 200))
  await client.stop()
  const later = client.failures.slice(failed)
  say(`failed connections since then: ${later.length}`)
  if (later.length > 0) throw new Error(`connections failed: ${later.join(', ')}`)
}

async function limitSources(running: RunningLbex, manifests: Manifests): Promise<void> {
  step('Only the clients of 127.0.0.0/28 may connect')
  await manifests.annotate({'source-ranges': '127.0.0.0/28'})
  say("loadbalancer.lbex/source-ranges: '127.0.0.0/28'")
  const answerTo = (from: string) => askTcp(PORTS.http, from).catch(() => undefined)
  await waitUntil('the range', async () => (await answerTo('127.0.0.99')) === undefined)
  say(`127.0.0.1 gets an answer of ${await answerTo('127.0.0.1')}`)
  say('127.0.0.99 is disconnected')
  say('$ lbex explain default/my-nginx')
  say((await running.ask('explain', 'default/my-nginx')).replaceAll(folder, '$DEMO'))
}

/** Serves until a signal; true if that was Ctrl-C. */
async function stay({health}: RunningLbex): Promise<boolean> {
  step('It serves until you press Ctrl-C')
  for (const title of Object.keys(ASKED)) say(`127.0.0.1:${title}`)
  say(`${health}/ui              status page, for a browser`)
  say(`${health}/readyz?verbose  health of lbex`)
  say(`${health}/metrics         metrics for Prometheus`)
  say(`node bin/run.js status --nginx-dir ${join(folder, 'nginx')}`)
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(true))
    process.once('SIGTERM', () => resolve(false))
  })
}

async function stopBackend(name: string): Promise<void> {
  await backends.get(name)?.close()
  backends.delete(name)
}

async function stopLbex(running: RunningLbex, interrupted: boolean): Promise<void> {
  step('The end: SIGTERM, NGINX finishes its connections, nothing stays behind')
  const code = await running.stop(interrupted)
  if (code !== 0) throw new Error(`lbex ended with exit code ${code}`)
  const refused = await askTcp(PORTS.http).then(
    () => false,
    () => true,
  )
  if (!refused) throw new Error(`port ${PORTS.http} still answers`)
  say('lbex ended with exit code 0, and its ports are closed')
}
