/** The objects in docs/tasks.md and docs/quick-start.md: lbex finds nothing wrong with them, and serves every port as the pages say. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import {lbex} from '../commands/lbex.js'
import {schemaProblems, type KubernetesObject} from '../support/kubernetes-schema.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {pages} from './markdown.js'

/** The YAML of a page, with what its commands write into files or hand to kubectl. */
function manifestsOf(name: string): string[] {
  const blocks = pages().find(({path}) => path === name)?.blocks ?? []
  return blocks.flatMap(({language, text}) => {
    if (language === 'yaml') return text.startsWith('apiVersion: kustomize') ? [] : [text]
    return [...text.matchAll(/<<'END'\n(.*?)^END$/gms)].map(([, document = '']) => document)
  })
}

const tasks = manifestsOf('docs/tasks.md')
const quickStart = manifestsOf('docs/quick-start.md')

describe('docs: tasks', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  before(async () => {
    folder = await temporaryFolder()
    for (const [index, text] of tasks.entries()) writeFileSync(join(folder.path, `${index}.yaml`), text)
  })
  after(() => folder.remove())

  it('shows Services that are valid for Kubernetes', () => {
    const objects = [...tasks, ...quickStart].flatMap((text) =>
      parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject),
    )
    assert.ok(objects.length > 12 && quickStart.length === 3)
    assert.deepEqual(objects.flatMap(schemaProblems), [])
  })

  it('shows Services that lbex can serve together', async () => {
    const addresses = ['public=203.0.113.7', 'inside=10.0.0.7', '192.0.2.1']
    const flags = addresses.flatMap((address) => ['--listen-address', address])
    const {stdout, stderr, exitCode} = await lbex(['render', '-f', folder.path, ...flags])
    assert.deepEqual([stderr, exitCode], ['', 0])
    const expected = [
      ...['proxy_protocol on;', 'allow 10.0.0.0/8;', 'api.example.com', '5.00% '],
      ...['listen 203.0.113.7:25 ', 'listen 10.0.0.7:25 ', 'listen 192.0.2.1:27099 udp ', ':7099 down;'],
    ]
    assert.deepEqual(
      expected.filter((text) => !stdout.includes(text)),
      [],
    )
  })

  it('shows manifests that lbex check accepts', async () => {
    const {stdout, exitCode} = await lbex(['check', '--fail-on', 'warning', folder.path])
    assert.match(stdout, /^no findings in /)
    assert.equal(exitCode, 0)
  })

  it('begins with Services that lbex check accepts', async () => {
    for (const text of quickStart.filter((each) => each.includes('kind: Service\n'))) {
      const {stdout, exitCode} = await lbex(['check', '--fail-on', 'warning', '-'], {stdin: text})
      assert.match(stdout, /^no findings in 1 Service /)
      assert.equal(exitCode, 0)
    }
  })
})
