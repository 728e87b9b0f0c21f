import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {openAccess} from '../../../src/kube/open-access.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'

const PROXY = 'http://127.0.0.1:8001'

describe('kube/open-access', () => {
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('tries --proxy before --kubeconfig, and nothing else', async () => {
    const access = await openAccess({proxy: PROXY, kubeconfig: '/no/such/file', version: '0.0.0'})
    assert.equal(access.description, `the API server at ${PROXY} (--proxy)`)
    access.close()
  })

  it('tries --kubeconfig before the Pod, and nothing else', async () => {
    const inCluster = {folder: folder.path, host: '10.0.0.1', port: '443'}
    const opening = openAccess({kubeconfig: '/no/such/file', inCluster, version: '0.0.0'})
    await assert.rejects(opening, {code: 'kubeconfig-unreadable', temporary: false})
  })

  it('uses the service account of the Pod by default', async () => {
    await writeFile(join(folder.path, 'token'), 'secret')
    await writeFile(join(folder.path, 'ca.crt'), 'authority')
    const inCluster = {folder: folder.path, host: '10.0.0.1', port: '443'}
    const access = await openAccess({inCluster, version: '0.0.0'})
    assert.equal(access.description, 'the API server at https://10.0.0.1 (the service account of the Pod)')
    access.close()
  })

  it('uses a kubeconfig of kubectl before the Pod only if it is asked to', async () => {
    const inCluster = {folder: folder.path, host: undefined, port: undefined}
    const environment = {KUBECONFIG: '/no/such/file'}
    const opening = openAccess({inCluster, environment, version: '0.0.0', asKubectl: true})
    await assert.rejects(opening, {code: 'kubeconfig-unreadable'})
    await assert.rejects(openAccess({inCluster, environment, version: '0.0.0'}), {code: 'not-in-a-pod'})
  })

  it('has a hint for use outside of a Pod', async () => {
    const inCluster = {folder: folder.path, host: undefined, port: undefined}
    await assert.rejects(openAccess({inCluster, version: '0.0.0'}), {code: 'not-in-a-pod'})
  })

  it('does not wait for a hanging plugin after the signal', async function () {
    this.timeout(INTEGRATION_TIMEOUT)
    const kubeconfig = join(folder.path, 'config')
    const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['5']}
    const config = {
      'current-context': 'c',
      clusters: [{name: 'c', cluster: {server: PROXY}}],
      users: [{name: 'u', user: {exec}}],
      contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
    }
    await writeFile(kubeconfig, JSON.stringify(config))
    const stopping = new AbortController()
    const opening = openAccess({kubeconfig, version: '0.0.0', signal: stopping.signal})
    stopping.abort()
    ;(await opening).close()
  })

  it('imports client-node for a kubeconfig only', async function () {
    this.timeout(INTEGRATION_TIMEOUT)
    const kubeconfig = join(folder.path, 'config')
    const config = {
      'current-context': 'c',
      clusters: [{name: 'c', cluster: {server: PROXY}}],
      contexts: [{name: 'c', context: {cluster: 'c'}}],
    }
    await writeFile(kubeconfig, JSON.stringify(config))
    const script = `
      import {_cache} from 'node:module'
      import {openAccess} from './src/kube/open-access.js'
      const isLoaded = () => Object.keys(_cache).some((path) => path.includes('/node_modules/hpagent/'))
      const loaded = []
      for (const way of [{proxy: '${PROXY}'}, {kubeconfig: '${kubeconfig}'}]) {
        await openAccess({...way, version: '0.0.0'})
        loaded.push(isLoaded())
      }
      console.log(JSON.stringify(loaded))`
    const run = promisify(execFile)
    const args = ['--import=tsx', '--input-type=module', '-e', script]
    const {stdout} = await run(process.execPath, args)
    assert.deepEqual(JSON.parse(stdout), [false, true])
  })
})
