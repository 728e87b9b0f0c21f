import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import {findNonManifests} from '../../../../src/sources/manifests/non-manifests.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'

const KUSTOMIZATION = `kind: Kustomization
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

describe('findNonManifests', () => {
  let folder: TemporaryFolder

  beforeEach(async () => (folder = await temporaryFolder()))
  afterEach(() => folder.remove())

  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder.path, dirname(name)), {recursive: true})
      await writeFile(join(folder.path, name), text)
    }
  }
  /** What is no manifest among `files`, which need not be there: `FILE is a KIND of FOLDER`. */
  const find = async (...files: string[]): Promise<string[]> => {
    const found = files.map((file) => ({file, path: join(folder.path, file), isPipe: false}))
    const stdin = {file: '<stdin>', path: '-', isPipe: true}
    const none = await findNonManifests([stdin, ...found])
    return [...none.values()].map(({file, is, of}) => `${file} is a ${is} of ${relative(folder.path, of)}`)
  }

  it('recognizes patches of kustomizations, for each of their field names', async () => {
    for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization']) {
      await write({[`${name}/${name}`]: KUSTOMIZATION})
      const files = ['a.yaml', 'c.yaml', 'd.json', 'service.yaml'].map((file) => `${name}/${file}`)
      const wanted = files.slice(0, 3).map((file) => `${file} is a patch of ${name}`)
      assert.deepEqual(await find(...files, 'a.yaml'), wanted)
    }
  })

  it('recognizes a patch elsewhere if there is a file of the kustomization, too', async () => {
    await write({'prod/kustomization.yaml': KUSTOMIZATION})
    assert.deepEqual(await find('shared/b.yaml'), [])
    assert.deepEqual(await find('shared/b.yaml', 'prod/x.yaml'), ['shared/b.yaml is a patch of prod'])
    await write({'kustomization.yaml': 'patches: [{path: patches/web/a.yaml}]'})
    assert.deepEqual(await find('patches/web/a.yaml'), ['patches/web/a.yaml is a patch of '])
  })

  it('recognizes templates of charts', async () => {
    await write({'x/Chart.yaml': '', 'x/charts/y/Chart.yaml': ''})
    assert.deepEqual(
      await find(
        'x/templates/web/a.yaml',
        'x/charts/y/templates/b.yaml',
        'x/values.yaml',
        'templates/c.yaml',
      ),
      [
        'x/templates/web/a.yaml is a template of x',
        'x/charts/y/templates/b.yaml is a template of x/charts/y',
      ],
    )
  })

  it('ignores a kustomization that it cannot read', async () => {
    for (const text of ['patches: [', 'patches: x', '[]', '', 'patches: {path: a.yaml}']) {
      await write({'kustomization.yaml': text})
      assert.deepEqual(await find('a.yaml'), [])
    }
    await mkdir(join(folder.path, 'sub/kustomization.yaml'), {recursive: true})
    assert.deepEqual(await find('sub/a.yaml'), [])
  })
})
