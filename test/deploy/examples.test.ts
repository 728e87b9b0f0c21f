/** The Services that we show to others: Kubernetes takes them, and lbex finds nothing wrong with them. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import {schemaProblems, type KubernetesObject} from '../support/kubernetes-schema.js'
import {lbex, root} from '../commands/lbex.js'

const examples = join(root, 'examples')

describe('examples/', () => {
  for (const name of readdirSync(examples).filter((entry) => entry.endsWith('.yaml'))) {
    it(`${name} is what the schema of Kubernetes allows`, () => {
      const documents = parseAllDocuments(readFileSync(join(examples, name), 'utf8'))
      const objects = documents.map((document) => document.toJS() as KubernetesObject)
      assert.notEqual(objects.length, 0)
      assert.deepEqual(objects.flatMap(schemaProblems), [])
    })
  }

  it('pass lbex, with what a cluster would know and without', async () => {
    const files = ['cluster-local-ntp.yaml', 'my-nginx.yaml', 'queue-pods.yaml'].map((name) =>
      join(examples, name),
    )
    for (const paths of [[examples], files]) {
      const {stderr, exitCode} = await lbex(['render', ...paths.flatMap((path) => ['-f', path])])
      assert.deepEqual([stderr, exitCode], ['', 0])
    }
  })
})
