import assert from 'node:assert/strict'
import {findProblems} from '../../../src/lint/find-problems.js'
import type {Service} from '../../../src/core/cluster/objects.js'
import {aService, aSnapshot, options} from '../../support/builders.js'
import {NOTHING_KNOWN} from './coverage.js'

const bare = (name: string, listen: number) => aService(name).port('http', 80, {listen}).bare().build()
const applied = (name: string, listen: number, created = '2026-01-01T00:00:00Z') =>
  aService(name).port('http', 80, {listen}).created(created).build()

const find = (services: Service[], context?: Service[]) =>
  findProblems(aSnapshot(services, NOTHING_KNOWN), options(), context).map(
    ({code, object, message}) => `${code} ${object.name}: ${message}`,
  )

describe('findProblems', () => {
  it('finds nothing wrong with what the author alone could not know', () => {
    assert.deepEqual(find([bare('a', 8080), bare('b', 8081)]), [])
  })

  it('finds what evaluate finds', () => {
    assert.deepEqual(find([bare('a', 8080), bare('b', 8080)]), [
      'port-conflict b: 0.0.0.0:8080/TCP is already allocated to Service default/a (it comes first by namespace/name); this port is not exposed',
    ])
  })

  it('finds conflicts with a cluster, where the older one wins', () => {
    assert.deepEqual(find([bare('a', 8080)], [applied('old', 8080)]), [
      'port-conflict a: 0.0.0.0:8080/TCP is already allocated to Service default/old (it is older); this port is not exposed',
    ])
  })

  it('takes what is applied again for as old as it is, and tells whom it drives out', () => {
    const cluster = [applied('a', 8081, '2025-01-01T00:00:00Z'), applied('other', 8080)]
    assert.deepEqual(find([bare('a', 8080)], cluster), [
      'port-conflict other: 0.0.0.0:8080/TCP is already allocated to Service default/a (it is older); this port is not exposed',
    ])
  })

  it('keeps what the author says of age and addresses', () => {
    const port = {listen: 8080, nodePort: 30_099}
    const own = aService('a').port('http', 80, port).created('2024-01-01T00:00:00Z').build()
    assert.deepEqual(find([own], [applied('a', 8080), applied('other', 8080)]), [
      'port-conflict other: 0.0.0.0:8080/TCP is already allocated to Service default/a (it is older); this port is not exposed',
    ])
  })

  it('says nothing of troubles that the cluster has without us', () => {
    assert.deepEqual(find([bare('a', 8080)], [applied('x', 8081), applied('y', 8081)]), [])
  })
})
