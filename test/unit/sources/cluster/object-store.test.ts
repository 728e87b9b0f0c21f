import assert from 'node:assert/strict'
import type {KubeObject} from '../../../../src/kube/answers.js'
import {ObjectStore} from '../../../../src/sources/cluster/object-store.js'
import {object} from './scripted-access.js'

type Projected = {readonly name: string; readonly spec: unknown}

const project = ({metadata, ...fields}: KubeObject): Projected[] => [
  {name: metadata.name, spec: (fields as {spec?: unknown}).spec},
]

describe('sources/cluster/object-store', () => {
  let store: ObjectStore<Projected>

  beforeEach(() => {
    store = new ObjectStore()
    store.put(object('a'), project)
    store.put(object('b'), project)
  })

  it('keeps the identity of values that are equal after the projection', () => {
    const before = store.values
    assert.equal(store.put(object('a', '99'), project), false)
    assert.equal(store.values, before)
  })

  it('replaces values that differ', () => {
    const [a, b] = store.values
    assert.equal(store.put(object('a', '99', {spec: {x: 1}}), project), true)
    assert.deepEqual(store.values, [{name: 'a', spec: {x: 1}}, b])
    assert.notEqual(store.values[0], a)
    assert.equal(store.values[1], b)
  })

  it('removes a known object', () => {
    assert.equal(store.remove(object('a')), true)
    assert.equal(store.remove(object('a')), false)
    assert.deepEqual(store.values, [{name: 'b', spec: {}}])
  })

  it('identifies an object by its uid, not by its name', () => {
    assert.equal(store.knows(object('a', '99')), true)
    assert.equal(store.knows(object('c')), false)
    assert.equal(store.knows({metadata: {...object('a').metadata, uid: 'another'}}), false)
    assert.equal(store.isEmpty, false)
  })

  it('replaces all objects by a list', () => {
    const before = store.values
    const replacement = store.replacement(project)
    replacement.add([object('b')])
    replacement.add([object('c')])
    assert.equal(store.values, before)
    assert.equal(replacement.commit({complete: true}), true)
    assert.deepEqual(store.values, [
      {name: 'b', spec: {}},
      {name: 'c', spec: {}},
    ])
    assert.equal(store.values[0], before[1])
  })

  it('reports whether a list changes or removes anything', () => {
    const same = store.replacement(project)
    same.add([object('a', '50'), object('b', '51')])
    assert.equal(same.commit({complete: true}), false)
    const fewer = store.replacement(project)
    fewer.add([object('a')])
    assert.equal(fewer.commit({complete: true}), true)
    assert.deepEqual(store.values, [{name: 'a', spec: {}}])
  })

  describe('an object that cannot be projected', () => {
    let told: string[]

    const picky = (one: KubeObject): Projected[] => {
      const [projected] = project(one)
      if (projected?.spec === null) throw new TypeError('no spec')
      return projected ? [projected] : []
    }
    const broken = (name: string, resourceVersion: string): KubeObject =>
      object(name, resourceVersion, {spec: null})

    beforeEach(() => {
      told = []
      store = new ObjectStore(({metadata: {name, resourceVersion}}, error) =>
        told.push(`${name} ${resourceVersion} ${String(error)}`),
      )
      store.put(object('a'), picky)
    })

    it('keeps its last values, and is skipped if it has none', () => {
      const before = store.values
      assert.equal(store.put(broken('a', '11'), picky), false)
      assert.equal(store.put(broken('b', '12'), picky), false)
      assert.equal(store.values, before)
      assert.equal(store.knows(object('b')), true)
      assert.equal(store.put(object('b', '13'), picky), true)
      assert.deepEqual(store.values, [
        {name: 'a', spec: {}},
        {name: 'b', spec: {}},
      ])
    })

    it('does not affect the other objects of a list', () => {
      const replacement = store.replacement(picky)
      replacement.add([broken('a', '11'), broken('b', '12'), object('c')])
      assert.equal(replacement.commit({complete: true}), true)
      assert.deepEqual(store.values, [
        {name: 'a', spec: {}},
        {name: 'c', spec: {}},
      ])
    })

    it('is reported once if it has no version', () => {
      const unversioned = {...broken('a', ''), metadata: {name: 'a'}} as KubeObject
      for (let list = 0; list < 2; list += 1) {
        const replacement = store.replacement(picky)
        replacement.add([unversioned])
        replacement.commit({complete: true})
      }
      assert.deepEqual(told, ['a undefined TypeError: no spec'])
    })

    it('is reported once for each version', () => {
      store.put(broken('a', '11'), picky)
      const again = store.replacement(picky)
      again.add([broken('a', '11')])
      again.commit({complete: true})
      store.put(broken('a', '12'), picky)
      store.replacement(picky).commit({complete: true})
      store.put(broken('a', '12'), picky)
      assert.deepEqual(told, [
        'a 11 TypeError: no spec',
        'a 12 TypeError: no spec',
        'a 12 TypeError: no spec',
      ])
    })
  })
})
