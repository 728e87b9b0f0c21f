import assert from 'node:assert/strict'
import fc from 'fast-check'
import {isEmpty, planChanges, type ChangeSet} from '../../../../../src/dataplane/nginx/store/change-set.js'
import type {GenerationIndex, IndexedFile} from '../../../../../src/dataplane/nginx/store/generation-index.js'

const file = (name: string): IndexedFile => ({
  path: `services/${name}.conf`,
  owners: [{kind: 'Service', namespace: 'test', name}],
  listeners: [],
})

const index = (main: string, names: readonly string[]): GenerationIndex => ({
  id: `${main}:${[...names].sort().join()}`,
  main,
  files: [...names].sort().map(file),
})

const anyIndex = fc
  .record({
    main: fc.constantFrom('m1', 'm2'),
    names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')),
  })
  .map(({main, names}) => index(main, names))

function applyTo({files}: GenerationIndex, {add, remove}: ChangeSet): string[] {
  const removed = new Set(remove.map(({path}) => path))
  const staying = files.filter(({path}) => !removed.has(path))
  return [...staying, ...add].map(({path}) => path).sort()
}

describe('planChanges', () => {
  it('is the difference', () => {
    assert.deepEqual(planChanges(index('m1', ['a', 'b']), index('m2', ['b', 'c'])), {
      add: [file('c')],
      remove: [file('a')],
      mainChanged: true,
    })
  })

  it('without a live generation everything is new, even when nothing is wanted', () => {
    const changes = planChanges(undefined, index('m1', []))
    assert.deepEqual(changes, {add: [], remove: [], mainChanged: true})
    assert.equal(isEmpty(changes), false)
  })

  it('of the same is empty', () => {
    fc.assert(fc.property(anyIndex, (x) => assert.equal(isEmpty(planChanges(x, x)), true)))
  })

  it('of different ones is not', () => {
    fc.assert(
      fc.property(anyIndex, anyIndex, (a, b) => assert.equal(isEmpty(planChanges(a, b)), a.id === b.id)),
    )
  })

  it('applied to what is live gives what is wanted', () => {
    fc.assert(
      fc.property(anyIndex, anyIndex, (a, b) => {
        const changes = planChanges(a, b)
        assert.deepEqual(
          applyTo(a, changes),
          b.files.map(({path}) => path),
        )
        assert.equal(changes.mainChanged, a.main !== b.main)
      }),
    )
  })
})
