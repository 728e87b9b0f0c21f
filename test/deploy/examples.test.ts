/** The published examples: valid for Kubernetes, without diagnostics of lbex, and served by the demo. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import {ASKED} from '../../scripts/demo/asked.js'
import {goldenCases} from '../support/golden-cases.js'
import {renderCase} from '../support/golden-render.js'
import {schemaProblems, type KubernetesObject} from '../support/kubernetes-schema.js'
import {lbex, root} from '../commands/lbex.js'

const examples = join(root, 'examples')

describe('examples/', () => {
  const names = readdirSync(examples).filter((entry) => entry.endsWith('.yaml'))
  for (const name of names) {
    it(`${name} is valid according to the schema of Kubernetes`, () => {
      const documents = parseAllDocuments(readFileSync(join(examples, name), 'utf8'))
      const objects = documents.map((document) => document.toJS() as KubernetesObject)
      assert.notEqual(objects.length, 0)
      assert.deepEqual(objects.flatMap(schemaProblems), [])
    })
  }

  it('are all part of the demo, with every port', async () => {
    const cases = goldenCases().filter(({name}) => name.startsWith('examples/'))
    const rendered = await Promise.all(cases.map(renderCase))
    const served = rendered.flatMap(({loadBalancer}) =>
      loadBalancer.services.flatMap(({ref, listeners}) =>
        listeners.map(({key: {port, protocol}}) => `${port}/${protocol}  ${ref.namespace}/${ref.name}`),
      ),
    )
    const asked = Object.keys(ASKED).map((title) => title.split(' ').slice(0, 3).join(' '))
    assert.deepEqual(asked.sort(), [...new Set(served)].sort())
  })

  it('render without diagnostics, as a folder and as single files', async () => {
    const files = names.map((name) => join(examples, name))
    for (const paths of [[examples], files]) {
      const {stderr, exitCode} = await lbex(['render', ...paths.flatMap((path) => ['-f', path])])
      assert.deepEqual([stderr, exitCode], ['', 0])
    }
  })
})
