import assert from 'node:assert/strict'
import {contentHash} from '../../../../../src/core/model/content-hash.js'
import {assembleGeneration} from '../../../../../src/dataplane/nginx/config/generation.js'
import {
  formatIndex,
  listenersOf,
  indexGeneration,
  parseIndex,
} from '../../../../../src/dataplane/nginx/store/generation-index.js'
import {mainFile, serviceFile} from '../../../../support/nginx-files.js'

const main = mainFile({directory: '/d'})
const a = serviceFile('a', {port: 1})
const b = serviceFile('b', {listeners: [{port: 2}, {port: 3, protocol: 'UDP'}]})
const generation = assembleGeneration([b, main, a])

describe('indexGeneration', () => {
  it('holds what the generation holds, without its text', () => {
    assert.deepEqual(indexGeneration(generation), {
      id: generation.id,
      main: contentHash(main.text),
      files: [a, b].map(({path, owners, listeners}) => ({path, owners, listeners})),
    })
  })
})

describe('listenersOf', () => {
  it('returns those of all files', () => {
    assert.deepEqual(listenersOf(indexGeneration(generation)), [...a.listeners, ...b.listeners])
  })
})

describe('parseIndex', () => {
  it('reads what formatIndex wrote', () => {
    const index = indexGeneration(generation)
    assert.deepEqual(parseIndex(formatIndex(index)), index)
  })

  it('reads every owner of a shared file, and one owner as other versions of lbex write it', () => {
    const shared = {...a, owners: [...a.owners, ...b.owners]}
    const index = indexGeneration(assembleGeneration([main, shared, b]))
    const text = formatIndex(index)
    assert.deepEqual(parseIndex(text), index)
    const stored = (JSON.parse(text) as {files: object[]}).files
    assert.deepEqual(stored, [
      {path: a.path, owner: a.owners[0], others: b.owners, listeners: a.listeners},
      {path: b.path, owner: b.owners[0], listeners: b.listeners},
    ])
  })

  it('returns undefined for any other text', () => {
    const files = JSON.stringify({id: 'a', main: 'b', files: [{path: 'services/a.conf', owner: {}}]})
    for (const text of ['', '{', 'null', '[]', '{}', '{"id":"a"}', '{"id":1,"files":[]}', files]) {
      assert.equal(parseIndex(text), undefined)
    }
  })
})
