import assert from 'node:assert/strict'
import {findPoolOverlaps, otherPools} from '../../../src/lint/pool-overlap.js'
import {DEFAULT_INTENT_OPTIONS, type IntentOptions} from '../../../src/core/intent/options.js'
import {aService} from '../../support/builders.js'

const web = (name: string, pool: string | undefined, listen = 8080) => {
  const service = aService(name).port('http', 80, {listen})
  return pool === undefined ? service : service.annotated({'service-pool': pool})
}

const overlaps = (services: ReturnType<typeof web>[], overrides: Partial<IntentOptions> = {}) =>
  findPoolOverlaps(
    services.map((service) => service.build()),
    {...DEFAULT_INTENT_OPTIONS, ...overrides},
  ).map(({object, message}) => `${object.name}: ${message}`)

describe('findPoolOverlaps', () => {
  it('is silent where pools play no part', () => {
    assert.deepEqual(overlaps([web('a', undefined), web('b', undefined)]), [])
    assert.deepEqual(overlaps([web('a', ''), web('b', 'blue', 8081)]), [])
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', 'blue')]), [])
  })

  it('finds a Service without a pool on a listener of a pool, which serves both', () => {
    assert.deepEqual(overlaps([web('b', 'blue'), web('a', undefined)]), [
      'b: Service default/a (of no pool) asks for listen port 8080/TCP too: only service-pool keeps the two apart',
    ])
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', undefined)]), [
      'b: Service default/a (pool blue) asks for listen port 8080/TCP too: only service-pool keeps the two apart',
    ])
  })

  it('finds two that differ in their pool only', () => {
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', 'green')]), [
      'b: Service default/a (pool blue) asks for listen port 8080/TCP too: only service-pool keeps the two apart',
    ])
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', 'green').annotated({algorithm: 'least_conn'})]), [])
  })

  it('leaves to the conflict what one lbex serves both of', () => {
    assert.deepEqual(overlaps([web('a', undefined), web('b', 'blue')], {servicePool: 'blue'}), [])
  })

  it('passes over what the API server refuses', () => {
    assert.deepEqual(overlaps([web('a', undefined), web('b', 'blue').with({refused: true})]), [])
  })
})

describe('otherPools', () => {
  it('counts what this lbex does not serve, by pool', () => {
    const services = [
      web('a', undefined),
      web('b', 'blue'),
      web('c', 'blue'),
      web('d', 'green'),
      web('e', '-'),
    ]
    const built = services.map((service) => service.build())
    assert.deepEqual(
      [...otherPools(built, DEFAULT_INTENT_OPTIONS)],
      [
        ['blue', 2],
        ['green', 1],
      ],
    )
    assert.deepEqual([...otherPools(built, {...DEFAULT_INTENT_OPTIONS, servicePool: 'blue'})], [['green', 1]])
  })
})
