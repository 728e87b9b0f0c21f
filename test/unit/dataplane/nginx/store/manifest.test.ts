import assert from 'node:assert/strict'
import {contentHash} from '../../../../../src/core/model/content-hash.js'
import {assembleGeneration} from '../../../../../src/dataplane/nginx/config/generation.js'
import {
  formatManifest,
  listenersOf,
  manifestOf,
  parseManifest,
} from '../../../../../src/dataplane/nginx/store/manifest.js'
import {mainFile, serviceFile} from '../../../../support/nginx-files.js'

const main = mainFile({directory: '/d'})
const a = serviceFile('a', {port: 1})
const b = serviceFile('b', {listeners: [{port: 2}, {port: 3, protocol: 'UDP'}]})
const generation = assembleGeneration([b, main, a])

describe('manifestOf', () => {
  it('holds what the generation does, without its text', () => {
    assert.deepEqual(manifestOf(generation), {
      id: generation.id,
      main: contentHash(main.text),
      files: [a, b].map(({path, owners, listeners}) => ({path, owners, listeners})),
    })
  })
})

describe('listenersOf', () => {
  it('are those of every file', () => {
    assert.deepEqual(listenersOf(manifestOf(generation)), [...a.listeners, ...b.listeners])
  })
})

describe('parseManifest', () => {
  it('reads what formatManifest wrote', () => {
    const manifest = manifestOf(generation)
    assert.deepEqual(parseManifest(formatManifest(manifest)), manifest)
  })

  it('reads every owner of a shared file, and one owner as other versions of lbex write it', () => {
    const shared = {...a, owners: [...a.owners, ...b.owners]}
    const manifest = manifestOf(assembleGeneration([main, shared, b]))
    const text = formatManifest(manifest)
    assert.deepEqual(parseManifest(text), manifest)
    const stored = (JSON.parse(text) as {files: object[]}).files
    assert.deepEqual(stored, [
      {path: a.path, owner: a.owners[0], others: b.owners, listeners: a.listeners},
      {path: b.path, owner: b.owners[0], listeners: b.listeners},
    ])
  })

  it('takes nothing else for one', () => {
    const files = JSON.stringify({id: 'a', main: 'b', files: [{path: 'services/a.conf', owner: {}}]})
    for (const text of ['', '{', 'null', '[]', '{}', '{"id":"a"}', '{"id":1,"files":[]}', files]) {
      assert.equal(parseManifest(text), undefined)
    }
  })
})
