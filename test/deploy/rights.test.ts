/** lbex with exactly the rights of deploy/: its ClusterRole for the API, its securityContext on the host. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {apiNode, apiService, apiSlice} from '../support/api-double/objects.js'
import {useDouble} from '../support/api-double/use-double.js'
import {permissionsToPublish} from '../../src/publish/permissions.js'
import {resourceInRule} from '../../src/kube/resource.js'
import {publishRules, rightsOfRole} from '../support/cluster-role.js'
import {needsKubectl} from '../support/kustomize.js'
import {asInPod, podSpec} from '../support/pod-rights.js'
import {freePort} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {startLbex} from '../commands/lbex.js'
import {complete} from '../commands/manifests.js'
import {endNginx, nginxFlags} from '../commands/nginx.js'
import {skipBecause} from '../support/skip.js'

/** In the order of the role: `before` compares the role with this list. */
const RIGHTS = ['services', 'nodes', 'endpointslices'].flatMap((kind) => [`list ${kind}`, `watch ${kind}`])

describe('the rights of deploy/', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const use = useDouble()
  let folder: TemporaryFolder
  let backend: Backend
  let port: number
  let running: ReturnType<typeof startLbex>[]

  beforeEach(async () => {
    running = []
    folder = await temporaryFolder()
    backend = await startTcpBackend('blue')
    port = await freePort()
    const annotations = {
      'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
      'loadbalancer-port.lbex/main': String(port),
    }
    use.api.put(withNodePort(apiService('web', {annotations}), backend.port))
    use.api.put(apiSlice('web', ['10.1.0.1']))
    use.api.put(apiNode('node-1', '127.0.0.1'))
  })
  afterEach(async () => {
    for (const {child, ended} of running) {
      child.kill('SIGKILL')
      await ended
    }
    await endNginx(folder.path)
    await backend.close()
    await folder.remove()
  })

  async function start(): Promise<{log: () => string; ended: ReturnType<typeof startLbex>['ended']}> {
    const access = ['--proxy', use.api.url, '--listen-address', '127.0.0.1', '--health-check=false']
    const started = startLbex(['run', ...access, ...(await nginxFlags(folder.path))])
    running.push(started)
    let log = ''
    started.child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    return {log: () => log, ended: started.ended}
  }
  const answer = () => askTcp({port}).catch(() => undefined)
  const serves = () => waitFor(answer, {what: 'the Service to answer', deadline: 30_000})

  it('are those that lbex requires', () => {
    assert.deepEqual(rightsOfRole(), RIGHTS)
  })

  it('are those that publishing takes', () => {
    const scope = {namespaces: [], leaseNamespace: 'lbex', finalizer: true}
    const wanted = permissionsToPublish(scope).map(({verbs, ...target}) => ({
      apiGroups: [target.resource.group],
      resources: [resourceInRule(target)],
      verbs,
    }))
    const inOrder = (rules: readonly object[]) => rules.map((rule) => JSON.stringify(rule)).sort()
    assert.deepEqual(inOrder(publishRules(true)), inOrder(wanted))
  })

  it('are sufficient to serve and to watch every kind', async () => {
    use.api.allowed = new Set(RIGHTS)
    const {log} = await start()
    await serves()
    use.api.put(apiSlice('web', []))
    await waitFor(async () => (await answer()) === undefined, {what: 'the listener to close'})
    use.api.put(apiSlice('web', ['10.1.0.1']))
    await serves()
    use.api.remove(apiNode('node-1', '127.0.0.1'))
    await waitFor(async () => (await answer()) === undefined, {what: 'the listener to close'})
    use.api.put(apiNode('node-1', '127.0.0.1'))
    await serves()
    use.api.remove(apiService('web'))
    await waitFor(async () => (await answer()) === undefined, {what: 'the listener to close'})
    assert.doesNotMatch(log(), /forbidden/)
  })

  for (const right of ['list services', 'list endpointslices']) {
    it(`without "${right}" lbex exits and names the missing rule`, async () => {
      use.api.allowed = new Set(RIGHTS.filter((other) => other !== right))
      const {exitCode, stderr} = await (await start()).ended
      assert.equal(exitCode, 3)
      assert.match(
        stderr,
        new RegExp(`error: the API server at \\S+ \\(--proxy\\) does not allow lbex to ${right}`),
      )
      assert.match(stderr, /hint: grant it with this rule in a ClusterRole:/)
    })
  }

  it('without "list nodes" lbex serves everything that needs no node, and reports the rest', async () => {
    use.api.allowed = new Set(RIGHTS.filter((right) => right !== 'list nodes'))
    const {log} = await start()
    await waitFor(() => log().includes('"code":"nodes-forbidden"'), {what: 'the report', deadline: 30_000})
    assert.equal(await answer(), undefined)
  })

  for (const right of ['watch services', 'watch nodes', 'watch endpointslices']) {
    it(`without "${right}" lbex serves what it has read, and names the missing right`, async () => {
      use.api.allowed = new Set(RIGHTS.filter((other) => other !== right))
      const {log} = await start()
      await serves()
      await waitFor(() => log().includes(`does not allow lbex to ${right}`), {what: 'the report'})
      assert.match(log(), /"level":"warn".*"code":"api-forbidden".*grant it with this rule/)
    })
  }
})

/** A NodePort Service, whose node port the test chooses. */
function withNodePort(service: ReturnType<typeof apiService>, nodePort: number): typeof service {
  const spec = service['spec'] as {ports: readonly object[]}
  return {...service, spec: {...spec, ports: spec.ports.map((each) => ({...each, nodePort}))}}
}

describe('the security context of deploy/', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let backend: Backend

  before(needsKubectl)
  before(function () {
    const canGive =
      process.geteuid?.() === 0 && spawnSync('setpriv', ['--bounding-set=-all', 'true']).status === 0
    skipBecause(this, canGive ? undefined : 'it takes root, and setpriv of util-linux, to give rights away')
  })
  beforeEach(async () => {
    folder = await temporaryFolder()
    backend = await startTcpBackend('blue')
  })
  afterEach(async () => {
    await endNginx(folder.path)
    await backend.close()
    await folder.remove()
  })

  it('is as strict as a port below 1024 allows', () => {
    assert.deepEqual(podSpec().securityContext, {
      runAsUser: 0,
      runAsGroup: 0,
      seccompProfile: {type: 'RuntimeDefault'},
    })
    assert.deepEqual(podSpec().containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: {drop: ['ALL'], add: ['NET_BIND_SERVICE']},
    })
  })

  it('lets lbex serve such a port, apply a change, and drain, without warnings', async () => {
    const port = await freeLowPort()
    const file = join(folder.path, 'web.yaml')
    const health = await freePort()
    const flags = [
      '--listen-address',
      '127.0.0.1',
      '--health-port',
      `${health}`,
      ...(await nginxFlags(folder.path)),
    ]
    await writeFile(file, complete('web', port, backend.port))
    const {child, ended} = startLbex(['run', '-f', file, ...flags], {through: asInPod()})
    await waitFor(() => askTcp({port}).catch(() => undefined), {
      what: 'the Service to answer',
      deadline: 30_000,
    })
    const next = await freeLowPort()
    await writeFile(file, complete('web', next, backend.port))
    await waitFor(() => askTcp({port: next}).catch(() => undefined), {what: 'the new port'})
    const ready = () => fetch(`http://127.0.0.1:${health}/readyz`).then(({ok}) => ok)
    await waitFor(ready, {what: '/readyz'})
    child.kill('SIGTERM')
    const {stderr, exitCode} = await ended
    assert.equal(exitCode, 0, stderr)
    assert.doesNotMatch(stderr, /"level":"(warn|error)"/)
    assert.equal(await askTcp({port: next}).catch(() => undefined), undefined)
  })
})

/** freePort returns unprivileged ports only. */
async function freeLowPort(): Promise<number> {
  const port = 600 + Math.floor(Math.random() * 400)
  const server = createServer().listen(port, '127.0.0.1')
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.close()
  return free ? port : freeLowPort()
}
