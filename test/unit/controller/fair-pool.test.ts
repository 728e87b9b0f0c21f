import assert from 'node:assert/strict'
import {FairPool} from '../../../src/controller/fair-pool.js'

describe('FairPool', () => {
  it('evicts the oldest member of the client with the most members', () => {
    const pool = new FairPool<string>(3)
    const add = (client: string, member: string) => pool.add(client, member)
    assert.deepEqual([add('a', 'a1'), add('b', 'b1'), add('b', 'b2')], [undefined, undefined, undefined])
    assert.deepEqual([add('a', 'a2'), add('a', 'a3'), add('a', 'a4')], ['a1', 'a2', 'a3'])
    assert.deepEqual([add('c', 'c1'), add('d', 'd1')], ['b1', 'a4'])
  })

  it('evicts the oldest member if every client has one', () => {
    const pool = new FairPool<string>(2)
    pool.add('a', 'a1')
    pool.add('b', 'b1')
    assert.equal(pool.add('c', 'c1'), 'a1')
  })

  it('reuses the place of a removed member once', () => {
    const pool = new FairPool<string>(2)
    pool.add('a', 'a1')
    pool.add('a', 'a2')
    for (const member of ['a1', 'a1', 'a9']) pool.remove('a', member)
    pool.remove('b', 'b1')
    assert.deepEqual([pool.add('b', 'b1'), pool.add('b', 'b2')], [undefined, 'b1'])
  })
})
