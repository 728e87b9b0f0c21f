/** The npm package as a user installs it, on each Node that lbex is for; nothing is fetched for it. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {cpSync, realpathSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {fetchedNode} from '../../scripts/package/node-binary.js'
import {root} from '../commands/lbex.js'
import {testNginx} from '../support/nginx-binary.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {artifact, version} from './artifacts.js'
import {NODES} from './nodes.js'
import {serveOnce} from './serving.js'

const execute = promisify(execFile)

const NOBODY_THERE = `apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: 'http://127.0.0.1:9'}}]
users: [{name: a, user: {token: abc}}]
`

for (const node of NODES) {
  describe(`npm install -g, on Node ${node}`, function () {
    this.timeout(3 * INTEGRATION_TIMEOUT)
    let folder: TemporaryFolder
    let env: NodeJS.ProcessEnv

    before(async () => {
      folder = await temporaryFolder()
      const {binary} = fetchedNode('x64', join(root, '.cache'), node)
      const prefix = join(folder.path, 'prefix')
      env = {
        PATH: `${join(prefix, 'bin')}:${dirname(binary)}:${process.env['PATH']}`,
        HOME: join(folder.path, 'home'),
      }
      const npm = realpathSync((await execute('sh', ['-c', 'command -v npm'])).stdout.trim())
      await execute(binary, [npm, 'install', '--global', '--offline', '--prefix', prefix, artifact('.tgz')], {
        env,
      })
    })
    after(() => folder.remove())

    it('runs on it', async () => {
      const {stdout} = await execute('lbex', ['--version'], {env})
      assert.equal(stdout, `lbex/${version()} linux-x64 node-v${node}\n`)
    })

    it('brings no other package, and its man pages', async () => {
      const {stdout} = await execute('sh', ['-c', `find ${folder.path}/prefix -name package.json | wc -l`])
      assert.equal(stdout.trim(), '1')
      const {stdout: page} = await execute('sh', ['-c', `ls ${folder.path}/prefix/share/man/man1`])
      assert.match(page, /^lbex-run\.1$/m)
    })

    it('renders the examples', async () => {
      cpSync(join(root, 'examples'), join(folder.path, 'examples'), {recursive: true})
      const parameters = ['render', '--allow-local-endpoints', '-f', join(folder.path, 'examples')]
      const {stdout} = await execute('lbex', parameters, {env})
      assert.match(stdout, /^### services\/default_my-nginx/m)
    })

    it('reads a kubeconfig, without a warning of Node', async () => {
      const kubeconfig = join(folder.path, 'kubeconfig')
      writeFileSync(kubeconfig, NOBODY_THERE)
      const failing = execute('lbex', ['render', '--kubeconfig', kubeconfig], {env})
      const stderr = /^error: .*127\.0\.0\.1:9.* refused.*\nhint: .*\n$/
      await assert.rejects(failing, {code: 3, stderr})
    })

    it('serves', async () => {
      const {binary, capabilities} = await testNginx()
      const variables = {
        LBEX_NGINX_BIN: binary,
        ...(capabilities.streamModule && {LBEX_NGINX_MODULE: capabilities.streamModule}),
        LBEX_NGINX_DIR: join(folder.path, 'nginx'),
      }
      assert.deepEqual(await serveOnce(['lbex'], folder.path, {...env, ...variables}), {
        answer: 'backend',
        exitCode: 0,
        afterwards: 'refused',
      })
    })
  })
}
