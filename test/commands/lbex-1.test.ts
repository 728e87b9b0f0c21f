/** A unit file of lbex 1.x still works if only the word `run` is added to its command line. The API server needs no credentials. */
import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {ApiDouble} from '../support/api-double/api-double.js'
import {apiNode, apiService, apiSlice} from '../support/api-double/objects.js'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {testNginx} from '../support/nginx-binary.js'
import {freePort} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {lbex, startLbex} from './lbex.js'
import {endNginx} from './nginx.js'

describe('the command line of lbex 1.x', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let api: ApiDouble
  let backend: Backend
  let line: string[]

  beforeEach(async () => {
    ;[folder, api, backend] = await Promise.all([
      temporaryFolder(),
      new ApiDouble().start(),
      startTcpBackend('blue'),
    ])
    const kubeconfig = join(folder.path, 'config')
    await writeFile(
      kubeconfig,
      `apiVersion: v1
kind: Config
current-context: my-cluster
clusters: [{name: my-cluster, cluster: {server: "${api.url}"}}]
contexts: [{name: my-cluster, context: {cluster: my-cluster, user: lbex}}]
users: [{name: lbex, user: {}}]
`,
    )
    const health = ['--health-check', '--health-port', `${await freePort()}`]
    line = ['--kubeconfig', kubeconfig, ...health, '--v', '2', '--logtostderr', '--require-port=false']
  })
  afterEach(async () => {
    await endNginx(folder.path)
    await Promise.all([backend.close(), api.kill()])
    await folder.remove()
  })

  it('serves, and uses the service port as listen port if no annotation sets one', async () => {
    const port = await freePort()
    const service = apiService('web', {
      port,
      annotations: {
        'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
        'loadbalancer.lbex/upstream-type': 'pod',
      },
    })
    const slice = apiSlice('web', ['127.0.0.1'])
    api.put(service)
    api.put({...slice, ports: [{name: 'main', protocol: 'TCP', port: backend.port}]})
    api.put(apiNode('node-1', '127.0.0.1'))

    const {binary, capabilities} = await testNginx()
    const {child, ended} = startLbex(['run', ...line], {
      env: {
        LBEX_NGINX_BIN: binary,
        LBEX_NGINX_DIR: join(folder.path, 'nginx'),
        ...(capabilities.streamModule && {LBEX_NGINX_MODULE: capabilities.streamModule}),
      },
    })
    const answer = (): Promise<string | undefined> => askTcp({port}).catch(() => undefined)
    await waitFor(async () => (await answer()) === 'blue', {what: 'the Service', deadline: 30_000})
    child.kill('SIGTERM')
    const {stderr, exitCode} = await ended
    assert.equal(exitCode, 0, stderr)
    const warnings = stderr.split('\n').filter((text) => text.includes('"level":"warn"'))
    assert.equal(warnings.length, 1, stderr)
    assert.match(warnings[0] ?? '', /-v is deprecated.*--logtostderr: accepted/)
  })

  it('without the command, prints the command to use', async () => {
    const {stdout, stderr, exitCode} = await lbex(line)
    assert.equal(
      stderr,
      `error: the command is missing before --kubeconfig\nhint: to serve, write: lbex run ${line.join(' ')}\n`,
    )
    assert.deepEqual([stdout, exitCode], ['', 2])
  })
})
