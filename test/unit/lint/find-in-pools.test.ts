import assert from 'node:assert/strict'
import {findInPools} from '../../../src/lint/find-in-pools.js'
import type {Service} from '../../../src/core/cluster/objects.js'
import {aService, aSnapshot, options} from '../../support/builders.js'
import {NOTHING_KNOWN} from './coverage.js'

const web = (name: string, pool: string, listen: number) =>
  aService(name).port('http', 80, {listen}).annotated({'service-pool': pool}).bare().build()

const find = (services: Service[], context?: Service[]) =>
  findInPools(aSnapshot(services, NOTHING_KNOWN), options(), context).map(
    ({code, object}) => `${code} ${object.name}`,
  )

describe('findInPools', () => {
  it('finds conflicts within a pool, and those without a pool once', () => {
    assert.deepEqual(find([web('a', 'blue', 8080), web('b', 'blue', 8080)]), ['port-conflict b'])
    assert.deepEqual(find([web('a', '', 8080), web('b', '', 8080), web('c', 'blue', 8081)]), [
      'port-conflict b',
    ])
  })

  it('leaves conflicts across pools to pool-overlap', () => {
    assert.deepEqual(find([web('a', '', 8080), web('b', 'blue', 8080)]), ['pool-overlap b'])
  })

  it('finds conflicts with the pool in a cluster', () => {
    const old = aService('old')
      .port('http', 80, {listen: 8080})
      .annotated({'service-pool': 'blue'})
      .created('2024-01-01T00:00:00Z')
      .build()
    assert.deepEqual(find([web('a', 'blue', 8080)], [old]), ['port-conflict a'])
  })

  it('handles a Service of the cluster that changes its pool', () => {
    const moved = (pool: string) => web('old', pool, 8080)
    assert.deepEqual(find([web('z', 'blue', 8080)], [moved('blue')]), ['port-conflict z'])
    assert.deepEqual(find([web('z', 'blue', 8080), moved('green')], [moved('blue')]), ['pool-overlap z'])
  })

  it('is fast with a thousand pools', () => {
    const services = Array.from({length: 3000}, (_, i) => web(`n${i}`, `p${i % 1000}`, 11_000 + i))
    assert.deepEqual(find(services), [])
  })

  it('reports an invalid pool once', () => {
    assert.deepEqual(find([web('a', 'no pool', 8080)]), ['pool-invalid a'])
  })
})
