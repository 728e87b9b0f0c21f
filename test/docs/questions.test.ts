/**
 * The questions in docs/troubleshooting.md, each with the command that answers it, asked of an lbex that serves. With
 * UPDATE_GOLDEN=1 the page gets what the commands print.
 */
import assert from 'node:assert/strict'
import type {ChildProcess} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {root, startLbex, type Ended} from '../commands/lbex.js'
import {endNginx, nginxFlags} from '../commands/nginx.js'
import {ApiDouble} from '../support/api-double/api-double.js'
import type {Manifest} from '../support/api-double/history.js'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {freePorts} from '../support/ports.js'
import {skipBecause, whyNoProgram} from '../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT, scaled} from '../support/timeouts.js'
import {Session as Connection} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {readPage, type Block} from './markdown.js'
import {startSession, type Session} from './session.js'
import {stepsOf} from './shell.js'

const PAGE = 'docs/troubleshooting.md'
const QUESTIONS = 10
const REMARK = 'not run: asks an lbex that serves [test/docs/questions.test.ts]'

/** What a reader sees instead of the addresses of this test, which have as many characters. */
const SHOWN = {listen: '192.0.2.7', up: '10.244.1.7', down: '10.244.1.8'}
const REAL = {listen: '127.0.0.1', up: '127.0.1.17', down: '127.0.1.18'}
const PORTS = {web: '10080', postgres: '15432', upstream: '30080', health: '7331'}

const METRICS = 'http://127.0.0.1:7331/metrics'

const asked = readPage(PAGE, readFileSync(join(root, PAGE), 'utf8')).blocks.filter(({remarks}) =>
  remarks.includes(REMARK),
)

describe(`${PAGE}: ten questions`, function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let api: ApiDouble
  let backend: Backend
  let session: Session
  let running: {child: ChildProcess; ended: Promise<Ended>}
  let ports: Record<keyof typeof PORTS, number>

  before(async function () {
    skipBecause(this, whyNoProgram('curl'))
    folder = await temporaryFolder()
    api = await new ApiDouble().start()
    session = await startSession()
    const [web = 0, postgres = 0, upstream = 0, health = 0] = await freePorts(4)
    ports = {web, postgres, upstream, health}
    backend = await startTcpBackend('one', {address: REAL.up, port: upstream})
    for (const manifest of world(ports)) api.put(manifest)
    running = startLbex(['run', ...(await runFlags())])
    await waitFor(isHealthKnown, {what: 'the check that fails', deadline: scaled(30_000)})
    for (let count = 0; count < 3; count += 1) await Connection.open({port: web, address: REAL.listen})
    await waitFor(isConnected, {what: 'the connections to be counted', deadline: scaled(30_000)})
  })
  after(async () => {
    running?.child.kill('SIGTERM')
    await running?.ended
    await endNginx(folder.path)
    await session?.end()
    await backend?.close()
    await api?.kill()
    await folder?.remove()
  })

  const runFlags = async () => [
    ...['--proxy', api.url, '--listen-address', REAL.listen, '--live-updates', 'off', '--publish', 'on'],
    ...['--health-address', REAL.listen, '--health-port', `${ports.health}`, '--traffic-metrics'],
    ...['--traffic-port', `${(await freePorts(1))[0]}`, '--ui', ...(await nginxFlags(folder.path))],
  ]
  /** The reload that leaves out the server is over, and this host is the leader. */
  const isHealthKnown = async () => {
    const {stdout} = await run('lbex status shop/postgres -o yaml; true')
    const {stdout: metrics} = await run(`curl -s ${METRICS}; true`)
    const wanted = [/healthy: false/, /kind: reload\n +result: confirmed/]
    return wanted.every((each) => each.test(stdout)) && /^lbex_publish_leader 1$/m.test(metrics)
  }
  const isConnected = async () =>
    /service="web".* [1-9]\d*$/m.test(
      (await run(`curl -s ${METRICS} | grep '^lbex_connections_active'`)).stdout,
    )
  const run = (command: string) =>
    session.run(`export LBEX_NGINX_DIR=${join(folder.path, 'nginx')}\n${realText(command, ports)}`)

  it('asks and answers ten of them', () => {
    assert.equal(asked.length, QUESTIONS)
  })

  for (const block of asked) {
    const [step] = stepsOf(block.text)
    it(`answers with ${step?.command.trim()}`, async () => {
      const {stdout, stderr} = await run(step?.command ?? '')
      const output = shownText(stdout + stderr, ports)
      if (process.env['UPDATE_GOLDEN']) return update(block, output)
      assert.equal(shapeOf(step?.output ?? ''), shapeOf(output))
    })
  }
})

/** `shop/web` is served, one of two servers of `shop/postgres` is down, `blog/web` wants a port that is taken. */
function world({web, postgres, upstream}: Record<keyof typeof PORTS, number>): Manifest[] {
  const check = {'loadbalancer.lbex/health-check': 'tcp', 'loadbalancer.lbex/health-check-interval': '1s'}
  return [
    ...service('shop', 'web', {listen: web, upstream, addresses: [REAL.up], created: 1}),
    ...service('shop', 'postgres', {
      ...{listen: postgres, upstream, addresses: [REAL.up, REAL.down], annotations: check, created: 2},
    }),
    ...service('blog', 'web', {listen: web, upstream, addresses: [REAL.up], created: 3}),
  ]
}

type Details = {
  readonly listen: number
  readonly upstream: number
  readonly addresses: readonly string[]
  readonly created: number
  readonly annotations?: Record<string, string>
}

function service(namespace: string, name: string, details: Details): Manifest[] {
  const {listen, upstream, addresses, created, annotations = {}} = details
  return [
    {
      kind: 'Service',
      metadata: {
        ...{name, namespace, creationTimestamp: `2026-01-31T12:0${created}:00Z`},
        annotations: {
          'loadbalancer-port.lbex/main': `${listen}`,
          'loadbalancer.lbex/upstream-type': 'pod',
          ...annotations,
        },
      },
      spec: {
        ...{type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex', clusterIP: '10.96.0.10'},
        ...{clusterIPs: ['10.96.0.10'], ipFamilies: ['IPv4'], selector: {app: name}},
        ports: [{name: 'main', protocol: 'TCP', port: 80, targetPort: upstream}],
      },
      status: {loadBalancer: {}},
    },
    {
      kind: 'EndpointSlice',
      metadata: {name: `${name}-1`, namespace, labels: {'kubernetes.io/service-name': name}},
      addressType: 'IPv4',
      endpoints: addresses.map((address) => ({addresses: [address], conditions: {ready: true}})),
      ports: [{name: 'main', protocol: 'TCP', port: upstream}],
    },
  ]
}

function realText(text: string, ports: Record<keyof typeof PORTS, number>): string {
  return replaceAll(text, [
    ...keysOf(PORTS).map((key) => [`:${PORTS[key]}`, `:${ports[key]}`] as const),
    ...keysOf(REAL).map((key) => [SHOWN[key], REAL[key]] as const),
  ])
}

function shownText(text: string, ports: Record<keyof typeof PORTS, number>): string {
  return replaceAll(text, [
    ...keysOf(PORTS).map((key) => [`${ports[key]}`, PORTS[key]] as const),
    ...keysOf(REAL).map((key) => [REAL[key], SHOWN[key]] as const),
  ])
}

function keysOf<T extends object>(value: T): (keyof T)[] {
  return Object.keys(value) as (keyof T)[]
}

function replaceAll(text: string, pairs: readonly (readonly [from: string, to: string])[]): string {
  return pairs.reduce((result, [from, to]) => result.replaceAll(from, to), text)
}

/** Without what differs from run to run: times, processes, generations, versions, and numbers of connections and writes. */
function shapeOf(text: string): string {
  const lines = text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/process \d+/g, 'process N')
    .replaceAll(/lbex \d\S+/g, 'lbex VERSION')
    .replaceAll(/(seconds: )[\d.]+/g, '$1N')
    .replaceAll(/(lbex_connections_active\{.*\}|lbex_publish_queue_length) \d+/g, '$1 N')
    .replaceAll(/(\/TCP +(?:\d+\/\w+ +)?\d+\/\d+) +\S+ +\S+/g, '$1 N N')
    .replaceAll(/^(\S+ +\S+ +\d+\/TCP) .*$/gm, '$1 N')
    .replaceAll(/ +/g, ' ')
    .trim()
    .split('\n')
  return (isTop(lines) ? lines.toSorted() : lines).map((line) => line.trimEnd()).join('\n')
}

/** Its order depends on the rates. */
function isTop([first = '']: readonly string[]): boolean {
  return first.includes('CONNECTIONS/s')
}

function update({place, text}: Block, output: string): void {
  const path = join(root, PAGE)
  const [command = ''] = text.split('\n')
  const page = readFileSync(path, 'utf8')
  assert.ok(page.includes(text), place)
  writeFileSync(
    path,
    page.replace(text, () => `${command}\n${output.replaceAll(/ +$/gm, '').trimEnd()}\n`),
  )
}
