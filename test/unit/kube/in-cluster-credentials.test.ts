import assert from 'node:assert/strict'
import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {inClusterCredentials, podEnvironment} from '../../../src/kube/in-cluster-credentials.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

describe('kube/in-cluster-credentials', () => {
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
    await writeFile(join(folder.path, 'token'), 'secret-1\n')
    await writeFile(join(folder.path, 'ca.crt'), 'authority')
  })
  afterEach(() => folder.remove())

  const HINT = 'select a cluster with --kubeconfig FILE or --proxy URL, or read manifests with -f FILE'

  it('reads the mounted service account', async () => {
    const source = inClusterCredentials({folder: folder.path, host: '10.0.0.1', port: '443'})
    assert.equal(source.through, 'the service account of the Pod')
    assert.deepEqual(await source.load(false), {
      server: new URL('https://10.0.0.1'),
      headers: {authorization: 'Bearer secret-1'},
      tls: {ca: 'authority'},
    })
  })

  it('reads it again each time', async () => {
    const source = inClusterCredentials({folder: folder.path, host: 'fd00::1', port: '6443'})
    assert.equal((await source.load(false)).server.href, 'https://[fd00::1]:6443/')
    await writeFile(join(folder.path, 'token'), 'secret-2')
    assert.deepEqual((await source.load(false)).headers, {authorization: 'Bearer secret-2'})
  })

  it('reports that lbex does not run in a Pod', async () => {
    await assert.rejects(inClusterCredentials(podEnvironment({})).load(false), {
      code: 'not-in-a-pod',
      message:
        'neither --proxy nor --kubeconfig is set, and lbex does not run in a Pod with a service account: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set',
      hint: HINT,
    })
  })

  it('says what to write if KUBECONFIG is set', async () => {
    await assert.rejects(inClusterCredentials(podEnvironment({KUBECONFIG: '/a:/b'})).load(false), {
      code: 'not-in-a-pod',
      hint: 'lbex run does not use the variable KUBECONFIG: write --kubeconfig /a',
    })
  })

  it('names the missing file', async () => {
    await rm(join(folder.path, 'token'))
    await assert.rejects(
      inClusterCredentials({folder: folder.path, host: '10.0.0.1', port: '443'}).load(false),
      {
        code: 'not-in-a-pod',
        message: `neither --proxy nor --kubeconfig is set, and lbex does not run in a Pod with a service account: ENOENT: no such file or directory, open '${folder.path}/token'`,
        hint: HINT,
      },
    )
  })

  it('knows where Kubernetes mounts it', () => {
    assert.deepEqual(podEnvironment({KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443'}), {
      folder: '/var/run/secrets/kubernetes.io/serviceaccount',
      host: '10.0.0.1',
      port: '443',
    })
  })
})
