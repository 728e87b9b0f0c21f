/** The manifests in docs/high-availability.md: Kubernetes and lbex find nothing wrong with them, and they fit those of deploy/. */
import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse, parseAllDocuments} from 'yaml'
import {lbex, root} from '../commands/lbex.js'
import {schemaProblems, type KubernetesObject} from '../support/kubernetes-schema.js'
import {temporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {pages} from './markdown.js'

type Labels = Readonly<Record<string, string>>
type Deployment = {
  readonly spec: {
    readonly template: {
      readonly metadata: {readonly labels: Labels}
      readonly spec: {
        readonly containers: readonly {readonly readinessProbe: {readonly httpGet: {readonly path: string}}}[]
      }
    }
  }
}

const blocks =
  pages()
    .find(({path}) => path === 'docs/high-availability.md')
    ?.blocks.filter(({language}) => language === 'yaml') ?? []

describe('docs: high availability', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const objects = blocks.flatMap(({text}) =>
    parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject),
  )

  it('shows manifests that are valid for Kubernetes', () => {
    const isOfMetallb = ({apiVersion}: KubernetesObject): boolean => apiVersion === 'metallb.io/v1beta1'
    assert.deepEqual(
      objects.filter(isOfMetallb).map(({kind}) => kind),
      ['IPAddressPool', 'L2Advertisement'],
    )
    const others = objects.filter((object) => !isOfMetallb(object))
    assert.deepEqual(
      others.map(({kind}) => kind),
      ['Service', 'DaemonSet'],
    )
    assert.deepEqual(others.flatMap(schemaProblems), [])
  })

  it('selects the Pods of deploy/, whose readiness is /readyz', () => {
    const text = readFileSync(join(root, 'deploy/balancer/deployment.yaml'), 'utf8')
    const {template} = (parse(text) as Deployment).spec
    const service = objects.find(({kind}) => kind === 'Service') as {spec?: {selector?: Labels}} | undefined
    assert.deepEqual(service?.spec?.selector, template.metadata.labels)
    assert.equal(template.spec.containers[0]?.readinessProbe.httpGet.path, '/readyz')
  })

  it('shows manifests in which lbex check finds nothing', async () => {
    const folder = await temporaryFolder()
    try {
      for (const [index, {text}] of blocks.entries()) writeFileSync(join(folder.path, `${index}.yaml`), text)
      const {stdout, exitCode} = await lbex(['check', '--fail-on', 'info', folder.path])
      assert.match(stdout, /^no findings in /)
      assert.equal(exitCode, 0)
    } finally {
      await folder.remove()
    }
  })
})
