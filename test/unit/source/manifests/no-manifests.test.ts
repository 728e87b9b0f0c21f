import assert from 'node:assert/strict'
import {findNoManifests} from '../../../../src/source/manifests/no-manifests.js'

async function find(files: Readonly<Record<string, string>>): Promise<string[]> {
  const found = Object.keys(files).map((file) => ({file, path: `/repo/${file}`, isPipe: false}))
  const names = await findNoManifests(found, async ({file}) => files[file])
  return [...names].map(({file}) => file)
}

describe('findNoManifests', () => {
  it('knows the patches of kustomizations', async () => {
    const kustomization = `kind: Kustomization
resources: [../base]
patches:
  - path: a.yaml
  - patch: |
      - op: remove
  - {path: ../shared/b.yaml}
patchesStrategicMerge:
  - c.yaml
  - |
    kind: Service
patchesJson6902: [{path: d.json}, 7]
`
    const files = ['a.yaml', 'c.yaml', 'd.json', 'service.yaml'].map((name) => [`prod/${name}`, ''])
    const all = {
      ...Object.fromEntries(files),
      'shared/b.yaml': '',
      'a.yaml': '',
      'prod/kustomization.yml': kustomization,
    }
    assert.deepEqual(await find(all), ['prod/a.yaml', 'prod/c.yaml', 'prod/d.json', 'shared/b.yaml'])
  })

  it('knows the templates of charts', async () => {
    const all = {'x/Chart.yaml': '', 'x/templates/a.yaml': '', 'x/values.yaml': '', 'templates/b.yaml': ''}
    assert.deepEqual(await find(all), ['x/templates/a.yaml'])
  })

  it('takes a kustomization that it cannot read for one without patches', async () => {
    for (const text of ['patches: [', 'patches: x', '[]', '', 'patches: {path: a.yaml}'])
      assert.deepEqual(await find({'kustomization.yaml': text, 'a.yaml': ''}), [])
  })
})
