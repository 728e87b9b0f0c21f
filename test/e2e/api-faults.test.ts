/**
 * The API server goes away, comes back as another, and refuses in every way that it has: what is served stays served, and
 * lbex catches up by itself. (How each fault is noticed, and how often lbex asks meanwhile, is proven for the source alone, in
 * the time of a fake clock: test/component/sources/cluster/cluster-faults.test.ts.)
 */
import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {busy, internalError} from '../support/api-double/status.js'
import type {Fault} from '../support/api-double/faults.js'
import {parseExposition, valueOf} from '../support/exposition.js'
import type {LoggedRequest} from '../support/api-double/api-double.js'
import type {Manifest} from '../support/api-double/history.js'
import {endProcesses} from '../../src/dataplane/nginx/process/processes.js'
import {systemClock} from '../../src/util/clock.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {DoubleCluster} from './double-cluster.js'
import {aNode, aService, aSlice} from './objects.js'
import {answerAt, untilAnswers, useStage} from './stage.js'

describe('end to end, when the API server', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const stage = useStage(() => DoubleCluster.open())
  let blue: readonly Manifest[]
  let listen: number

  /** A second Service that only needs to be put. */
  beforeEach(async () => {
    const {backend, ports} = stage()
    const {port: nodePort} = await backend('blue', '127.0.0.1')
    listen = ports[1] as number
    blue = [aService('blue', {listen, nodePort}), aSlice('blue')]
  })

  /** What was served when the traffic began. */
  const stable = (): Manifest[] => {
    const {port, nodePort} = stage()
    return [aNode('node-1', '127.0.0.1'), aService('stable', {listen: port, nodePort}), aSlice('stable')]
  }

  const requests = (plural: string): LoggedRequest[] =>
    stage().cluster.api.requests.filter((request) => request.plural === plural)

  const freshness = async (): Promise<string> => {
    const {status, text} = (await stage().host.health('/readyz?verbose')) ?? {}
    assert.equal(status, 200)
    return /freshness.*/.exec(text ?? '')?.[0] ?? ''
  }

  /** What /metrics says: whether the view is stale, and how old it is. */
  const staleness = async (): Promise<{stale: number | undefined; seconds: number}> => {
    const families = parseExposition((await stage().host.health('/metrics'))?.text ?? '')
    return {
      stale: valueOf(families, 'lbex_source_stale'),
      seconds: valueOf(families, 'lbex_source_staleness_seconds') ?? NaN,
    }
  }

  /** A scrape is up to a second old. */
  const untilStaleness = async (wanted: 0 | 1): Promise<{seconds: number}> => {
    let seconds = NaN
    await stage().host.until(`lbex_source_stale ${wanted}`, async () => {
      const now = await staleness()
      seconds = now.seconds
      return now.stale === wanted
    })
    return {seconds}
  }

  /** Every kind is told to be up to date: a server does so every minute. */
  const untilFresh = (): Promise<void> =>
    stage().host.until('news of everything', async () => {
      stage().cluster.api.bookmark()
      return (await freshness()) === 'freshness ok'
    })

  it('is unreachable: the last good configuration is served and reported as stale, and lbex catches up', async () => {
    const {cluster, host, begin, expectNoLoss} = stage()
    await begin(['--stale-after', '3s'])
    await untilFresh()
    await untilStaleness(0)
    await cluster.api.kill()
    await host.until('word of it', async () => /stale: no updates of .*refused/.test(await freshness()))
    assert.deepEqual([(await host.health('/'))?.status, (await host.health('/livez'))?.status], [200, 200])
    const away = await untilStaleness(1)
    assert.ok(away.seconds > 3, `${away.seconds} s`)
    await cluster.put(...blue)
    await cluster.api.start()
    await untilAnswers(listen, 'blue', 30_000)
    await untilFresh()
    const back = await untilStaleness(0)
    assert.ok(back.seconds < 3, `${back.seconds} s`)
    await expectNoLoss()
  })

  it('comes back with another history: no wanted listener closes, and lbex catches up', async () => {
    const {cluster, host, begin, expectNoLoss} = stage()
    await cluster.put(...blue)
    await begin()
    assert.equal(await answerAt(listen), 'blue')
    await cluster.api.kill()
    cluster.api.loseHistory()
    await cluster.put(...stable())
    await cluster.api.start()
    await untilAnswers(listen, undefined, 30_000)
    await host.ready()
    // And it is watched on.
    await cluster.put(...blue)
    await untilAnswers(listen, 'blue', 30_000)
    await expectNoLoss()
  })

  it('is unreachable while lbex is killed and restarted: the last good configuration is served, and lbex catches up', async () => {
    const {cluster, host, begin, start, expectNoLoss} = stage()
    await begin()
    await cluster.api.kill()
    await host.end('SIGKILL')
    start()
    await host.ready()
    const [, sync] = (await host.health('/readyz?verbose'))?.text.split('[+]') ?? []
    assert.match(sync ?? '', /^sync ok: the last good configuration is served/)
    await cluster.put(...blue)
    await cluster.api.start()
    await untilAnswers(listen, 'blue', 30_000)
    await expectNoLoss()
  })

  it('is unreachable while the whole host restarts: NGINX starts with the last good configuration', async () => {
    const {cluster, host, begin, start, port, traffic} = stage()
    await begin()
    await traffic()
    await cluster.api.kill()
    await host.end('SIGKILL')
    await endProcesses(Object.values(host.nginx()).flat(), systemClock, 2000)
    assert.equal(await answerAt(port), undefined)
    start()
    await host.ready()
    assert.equal(await answerAt(port), 'backend')
    await cluster.put(...blue)
    await cluster.api.start()
    await untilAnswers(listen, 'blue', 30_000)
  })

  it('is unreachable at the first start: lbex prints one error, and leaves nothing behind', async () => {
    const {cluster, host} = stage()
    const {url} = cluster.api
    await cluster.api.kill()
    const {stderr, exitCode} = await host.run([...cluster.access, '--log-level', 'info'])
    const [error, hint] = told(stderr)
    assert.match(error ?? '', new RegExp(`^error: .*${url}.*refused`))
    assert.match(hint ?? '', /^hint: /)
    assert.deepEqual([told(stderr), exitCode], [[error, hint], 3])
    assert.deepEqual(host.nginx(), {masters: [], accepting: [], leaving: []})
  })

  it('rejects the credentials at the start: lbex prints one error, and NGINX keeps serving the last good configuration', async () => {
    const {cluster, host, begin, expectNoLoss} = stage()
    await begin()
    await host.end('SIGKILL')
    cluster.api.tokens = ['secret']
    const {stderr, exitCode} = await host.run([
      '--kubeconfig',
      await kubeconfig('wrong'),
      '--log-level',
      'info',
    ])
    assert.match(told(stderr)[0] ?? '', /^error: .* does not accept the credentials: Unauthorized$/)
    assert.equal(exitCode, 3)
    assert.doesNotMatch(stderr, /secret|wrong/)
    await expectNoLoss()
  })

  it('cannot be used because the exec plugin fails: the last good configuration is served, and lbex catches up', async () => {
    const {cluster, host, begin, start, expectNoLoss} = stage()
    await begin()
    await host.end('SIGKILL')
    cluster.api.tokens = ['secret']
    await cluster.put(...blue)
    start(['--kubeconfig', await kubeconfigWithPlugin()])
    await host.ready()
    const [trouble] = await host.untilLogged('reconcile failed, retrying')
    assert.match(String(trouble?.['error']), /: please log in$/)
    assert.equal(await answerAt(listen), undefined)
    await writeFile(join(host.folder, 'login'), 'secret')
    // lbex does not wait for the retry: the operator has fixed it and sends the signal.
    host.signal('SIGHUP')
    await untilAnswers(listen, 'blue', 30_000)
    await expectNoLoss()
  })

  it('cannot be used because the exec plugin fails at the first start: lbex prints one error', async () => {
    const {stderr, exitCode} = await stage().host.run(['--kubeconfig', await kubeconfigWithPlugin()])
    assert.match(told(stderr)[0] ?? '', /^error: no credentials from .*: please log in$/)
    assert.deepEqual([told(stderr).length, exitCode], [2, 3])
  })

  it('cannot be used because the kubeconfig is missing: lbex prints one error, and NGINX keeps serving', async () => {
    const {host, begin, expectNoLoss} = stage()
    await begin()
    await host.end('SIGKILL')
    const missing = join(host.folder, 'none')
    const {stderr, exitCode} = await host.run(['--kubeconfig', missing])
    assert.match(told(stderr)[0] ?? '', /^error: cannot read .*none: ENOENT/)
    assert.equal(exitCode, 3)
    await expectNoLoss()
  })

  it('rejects, cuts and forgets requests in turn: lbex recovers, and sends about one request per second', async () => {
    const {cluster, host, begin, expectNoLoss} = stage()
    await begin()
    const {api} = cluster
    const began = performance.now()
    const before = requests('services').length
    const faults: readonly Fault[] = [
      {kind: 'refuse', with: internalError},
      {kind: 'refuse', with: busy(1)},
      {kind: 'cut', after: 100},
    ]
    for (const fault of faults) {
      const {length} = requests('services')
      api.fault = () => fault
      await cluster.put(...blue)
      api.cutConnections()
      await host.until('a request that fails', () => requests('services').length > length)
      api.fault = undefined
    }
    // What was missed is forgotten by now: 410 in the stream, and a list.
    api.history.compact()
    await untilAnswers(listen, 'blue', 30_000)
    const seconds = (performance.now() - began) / 1000
    const asked = requests('services').length - before
    assert.ok(asked <= seconds + 5, `${asked} requests in ${seconds} s`)
    await cluster.remove(...blue)
    await untilAnswers(listen, undefined, 30_000)
    await expectNoLoss()
  })

  it('lets the token expire: the next one is read from its file', async () => {
    const {cluster, host, begin, expectNoLoss} = stage()
    cluster.api.tokens = ['first']
    await begin(['--kubeconfig', await kubeconfig('first')])
    await kubeconfig('second')
    cluster.api.tokens = ['second']
    cluster.api.endWatches()
    await cluster.put(...blue)
    await untilAnswers(listen, 'blue', 30_000)
    assert.equal(requests('services').at(-1)?.headers.authorization, 'Bearer second')
    assert.doesNotMatch(host.stderr, /first|second/)
    await expectNoLoss()
  })

  it('forbids nodes: Services that do not need them are served, and a diagnostic reports the others', async () => {
    const {cluster, host, start} = stage()
    cluster.api.forbidden.add('list nodes').add('watch nodes')
    const {port: target} = await stage().backend('pods', '127.0.0.1')
    const service = aService('pods', {
      listen,
      nodePort: 31_000,
      annotations: {'loadbalancer.lbex/upstream-type': 'pod'},
    })
    const slice = {
      ...aSlice('pods'),
      endpoints: [{addresses: ['127.0.0.1'], conditions: {ready: true}}],
      ports: [{name: 'main', protocol: 'TCP', port: target}],
    }
    await cluster.put(service, slice)
    start()
    await host.ready()
    assert.equal(await answerAt(listen), 'pods')
    await host.until('the diagnostic', () =>
      host.diagnostics().some((finding) => finding.startsWith('nodes-forbidden ')),
    )
  })

  /** Rewritten with each token, which is in a file of its own. */
  async function kubeconfig(token: string): Promise<string> {
    const tokenFile = join(stage().host.folder, 'token')
    await writeFile(tokenFile, token)
    return kubeconfigFor({tokenFile})
  }

  /** With a plugin that fails until the file `login` holds a token. */
  function kubeconfigWithPlugin(): Promise<string> {
    const login = join(stage().host.folder, 'login')
    const script = `
      if (!require('node:fs').existsSync('${login}')) {
        console.error('please log in')
        process.exit(1)
      }
      const token = require('node:fs').readFileSync('${login}', 'utf8')
      console.log(JSON.stringify({kind: 'ExecCredential', status: {token}}))`
    const apiVersion = 'client.authentication.k8s.io/v1'
    return kubeconfigFor({exec: {apiVersion, command: process.execPath, args: ['-e', script]}})
  }

  async function kubeconfigFor(user: object): Promise<string> {
    const {cluster, host} = stage()
    const path = join(host.folder, 'kubeconfig')
    await writeFile(
      path,
      JSON.stringify({
        'current-context': 'test',
        clusters: [{name: 'c', cluster: {server: cluster.api.url}}],
        users: [{name: 'u', user}],
        contexts: [{name: 'test', context: {cluster: 'c', user: 'u'}}],
      }),
    )
    return path
  }
})

/** The lines that are no log. */
function told(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
}
