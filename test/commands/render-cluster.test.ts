/** `lbex render` of a live cluster, as a user runs it; the cluster is the double. */
import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {apiNode, apiService, apiSlice} from '../support/api-double/objects.js'
import {useDouble} from '../support/api-double/use-double.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {lbex} from './lbex.js'

const OURS = {'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex'}

describe('lbex render of a cluster', () => {
  const use = useDouble()
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
    use.api.put(apiService('web', {annotations: {...OURS, 'loadbalancer-port.lbex/main': '8080'}}))
    use.api.put(apiService('bad', {annotations: {...OURS, 'loadbalancer-port.lbex/main': 'eighty'}}))
    use.api.put(apiService('other'))
    use.api.put(apiSlice('web', ['10.1.0.1']))
    use.api.put(apiNode('node-1', '10.2.0.1'))
  })
  afterEach(() => folder.remove())

  const render = (...flags: string[]) => lbex(['render', ...flags], {cwd: folder.path})

  it('prints the configuration and diagnostics about the objects', async () => {
    const {stdout, stderr, exitCode} = await render('--proxy', use.api.url)
    assert.match(stdout, /^ {4}server 10\.2\.0\.1:30000;$/m)
    assert.match(stdout, /^ {4}listen 0\.0\.0\.0:8080 backlog/m)
    assert.match(stderr, /^Service default\/bad: error port-invalid "eighty"/)
    assert.equal(exitCode, 1)
  })

  it('writes a snapshot that renders to the same output without the cluster', async () => {
    const live = await render('--proxy', use.api.url, '--snapshot-out', 'seen.json')
    assert.match(live.stderr, /^wrote the snapshot to seen\.json$/m)
    const again = await render('-f', 'seen.json', '--complete')
    assert.equal(again.stdout, live.stdout)
    assert.match(again.stderr, /^seen\.json:\d+:\d+: error port-invalid "eighty"/)
    const {items} = JSON.parse(await readFile(join(folder.path, 'seen.json'), 'utf8')) as {items: object[]}
    assert.equal(items.length, 5)
  })

  it('fails if the snapshot cannot be written', async () => {
    const {stderr, exitCode} = await render('--proxy', use.api.url, '--snapshot-out', 'none/seen.json')
    assert.match(stderr, /^error: cannot write none\/seen\.json: ENOENT/)
    assert.equal(exitCode, 3)
  })

  it('reads the cluster of a kubeconfig and of --context', async () => {
    const cluster = (server: string) => ({cluster: {server}, name: 'here'})
    const config = {
      clusters: [cluster(use.api.url), {...cluster('http://127.0.0.1:1'), name: 'there'}],
      contexts: ['here', 'there'].map((name) => ({name, context: {cluster: name}})),
      'current-context': 'there',
    }
    await writeFile(join(folder.path, 'config'), JSON.stringify(config))
    const {stdout} = await render('--kubeconfig', 'config', '--context', 'here')
    assert.match(stdout, /8080/)
    const {stderr, exitCode} = await render('--kubeconfig', 'config')
    assert.equal(
      stderr,
      'error: cannot reach the API server at http://127.0.0.1:1 (--kubeconfig config, context there): connection refused\n' +
        'hint: check that it is running, that address and port are correct, and that no firewall blocks the connection\n',
    )
    assert.equal(exitCode, 3)
  })

  it('names the missing permission', async () => {
    use.api.forbidden.add('list endpointslices')
    const {stdout, stderr, exitCode} = await render('--proxy', use.api.url)
    assert.deepEqual([stdout, exitCode], ['', 3])
    assert.match(
      stderr,
      /^error: the API server at \S+ \(--proxy\) does not allow lbex to list endpointslices\.discovery\.k8s\.io/,
    )
    assert.match(stderr, /\n {2}resources: \["endpointslices"\]\n/)
  })

  it('warns of objects that it cannot read', async () => {
    use.api.put({...apiService('odd'), spec: {ports: {}}})
    const {stdout, stderr} = await render('--proxy', use.api.url)
    assert.match(stdout, /^ {4}listen 0\.0\.0\.0:8080 backlog/m)
    assert.match(
      stderr,
      /^warning: an object cannot be read; .* \(kind="Service", name="default\/odd", error="spec\.ports must be a list"\)$/m,
    )
  })

  it('warns about flags that have no effect', async () => {
    const {stderr} = await render('--proxy', use.api.url, '--kubeconfig', '/none')
    assert.match(stderr, /^warning: --kubeconfig is not used: --proxy takes precedence\n/)
  })

  it('renders Services that need no node if nodes are forbidden', async () => {
    use.api.forbidden.add('list nodes')
    use.api.put(
      apiService('pods', {
        annotations: {
          ...OURS,
          'loadbalancer-port.lbex/main': '8081',
          'loadbalancer.lbex/upstream-type': 'pod',
        },
      }),
    )
    use.api.put(apiSlice('pods', ['10.1.0.2']))
    const {stdout, stderr} = await render('--proxy', use.api.url)
    assert.match(stdout, /listen 0\.0\.0\.0:8081/)
    assert.doesNotMatch(stdout, /listen 0\.0\.0\.0:8080/)
    assert.match(stderr, /warning nodes-forbidden .*\n.*grant it with this rule in a ClusterRole/)
    assert.match(
      stderr,
      /no-backend listen port 8080\/TCP is closed: the API server does not allow lbex to read Nodes/,
    )
  })
})
