/** The main job, for real: Services from examples/, a real NGINX, real TCP and UDP clients, and a change under traffic. */
import {cp, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {ASKED, PORTS} from './asked.js'
import {tcpBackend, udpBackend, type Backend} from './backends.js'
import {askTcp, spread, SteadyClient} from './clients.js'
import {startLbex, waitUntil, type RunningLbex} from './lbex.js'
import {say, step, table} from './words.js'

const NODES = {
  'worker-1': '127.0.0.11',
  'worker-2': '127.0.0.12',
  'worker-3': '127.0.0.13',
  'worker-4': '127.0.0.14',
}
const PODS = {'queue-1': '127.0.0.21', 'queue-2': '127.0.0.22'}

const folder = await mkdtemp(join(tmpdir(), 'lbex-demo-'))
const manifests = join(folder, 'examples')
const backends = new Map<string, Backend>()
let lbex: RunningLbex | undefined

try {
  await cp(fileURLToPath(new URL('../../examples', import.meta.url)), manifests, {recursive: true})
  await startBackends()
  lbex = await startLbex(manifests, join(folder, 'nginx'))
  await showConfiguration(lbex)
  await showSpread()
  await changeUnderTraffic()
  await stopLbex(lbex)
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

async function changeUnderTraffic(): Promise<void> {
  step(`A backend goes and another comes, while a client connects to 127.0.0.1:${PORTS.http} without a pause`)
  const client = new SteadyClient(PORTS.http)
  await waitUntil('the first answers', () => client.count('worker-3') >= 20)

  await editEndpoints((lines) => lines.filter((line) => !line.includes('worker-3')))
  await waitUntil('worker-3 to get no more connections', () => client.answeredWithout('worker-3', 50))
  await stopBackend('worker-3 30080')
  say('worker-3 left the EndpointSlice, gets no more connections, and was shut down')

  const added = '  - {addresses: [10.1.1.14], nodeName: worker-4, conditions: {ready: true}}'
  await editEndpoints((lines) => [...lines, added])
  await waitUntil('worker-4 to answer', () => client.count('worker-4') >= 50)
  say('worker-4 joined the EndpointSlice and gets its share')

  await client.stop()
  say(table('one client, all the time', client.answers))
  say(`failed connections: ${client.failures.length}`)
  if (client.failures.length > 0) throw new Error(`connections failed: ${client.failures.join(', ')}`)
}

/** As an editor would: the file is written anew, and lbex notices. */
async function editEndpoints(change: (lines: string[]) => string[]): Promise<void> {
  const file = join(manifests, 'cluster', 'my-nginx-endpoints.yaml')
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  await writeFile(file, `${change(lines).join('\n')}\n`)
}

async function stopBackend(name: string): Promise<void> {
  await backends.get(name)?.close()
  backends.delete(name)
}

async function stopLbex(running: RunningLbex): Promise<void> {
  step('The end: SIGTERM, NGINX finishes its connections, nothing stays behind')
  const code = await running.stop()
  if (code !== 0) throw new Error(`lbex ended with exit code ${code}`)
  const refused = await askTcp(PORTS.http).then(
    () => false,
    () => true,
  )
  if (!refused) throw new Error(`port ${PORTS.http} still answers`)
  say('lbex ended with exit code 0, and its ports are closed')
}
