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
  it('reports nothing that only a cluster can know', () => {
    assert.deepEqual(find([bare('a', 8080), bare('b', 8081)]), [])
  })

  it('finds what the translator finds', () => {
    assert.deepEqual(find([bare('a', 8080), bare('b', 8080)]), [
      'port-conflict b: 0.0.0.0:8080/TCP is already allocated to Service default/a (it comes first by namespace/name); this port is not exposed',
    ])
  })

  it('finds conflicts with a cluster; the older Service wins', () => {
    assert.deepEqual(find([bare('a', 8080)], [applied('old', 8080)]), [
      'port-conflict a: 0.0.0.0:8080/TCP is already allocated to Service default/old (it is older); this port is not exposed',
    ])
  })

  it('uses the age of a Service that is applied again, and names the Service that loses', () => {
    const cluster = [applied('a', 8081, '2025-01-01T00:00:00Z'), applied('other', 8080)]
    assert.deepEqual(find([bare('a', 8080)], cluster), [
      'port-conflict other: 0.0.0.0:8080/TCP is already allocated to Service default/a (it is older); this port is not exposed',
    ])
  })

  it('keeps age and addresses of the manifest', () => {
    const port = {listen: 8080, nodePort: 30_099}
    const own = aService('a').port('http', 80, port).created('2024-01-01T00:00:00Z').build()
    assert.deepEqual(find([own], [applied('a', 8080), applied('other', 8080)]), [
      'port-conflict other: 0.0.0.0:8080/TCP is already allocated to Service default/a (it is older); this port is not exposed',
    ])
  })

  it('ignores conflicts between other Services of the cluster', () => {
    assert.deepEqual(find([bare('a', 8080)], [applied('x', 8081), applied('y', 8081)]), [])
  })
})
