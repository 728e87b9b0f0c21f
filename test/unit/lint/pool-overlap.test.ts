import assert from 'node:assert/strict'
import {findPoolOverlaps, otherPools} from '../../../src/lint/pool-overlap.js'
import {DEFAULT_INTENT_OPTIONS, type IntentOptions} from '../../../src/core/intent/options.js'
import {DEFAULT_MODEL_OPTIONS, type ModelOptions} from '../../../src/core/model/options.js'
import {aService} from '../../support/builders.js'

const web = (name: string, pool: string | undefined, listen = 8080) => {
  const service = aService(name).port('http', 80, {listen})
  return pool === undefined ? service : service.annotated({'service-pool': pool})
}

const overlaps = (
  services: ReturnType<typeof web>[],
  overrides: Partial<IntentOptions & ModelOptions> = {},
) =>
  findPoolOverlaps(
    services.map((service) => service.build()),
    {...DEFAULT_INTENT_OPTIONS, ...DEFAULT_MODEL_OPTIONS, ...overrides},
  ).map(({object, message}) => `${object.name}: ${message}`)

describe('findPoolOverlaps', () => {
  it('finds nothing without pools', () => {
    assert.deepEqual(overlaps([web('a', undefined), web('b', undefined)]), [])
    assert.deepEqual(overlaps([web('a', ''), web('b', 'blue', 8081)]), [])
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', 'blue')]), [])
  })

  it('finds a Service without a pool on a listener of a pool', () => {
    assert.deepEqual(overlaps([web('b', 'blue'), web('a', undefined)]), [
      'b: Service default/a (of no pool) also asks for listen port 8080/TCP; only service-pool keeps the two Services apart',
    ])
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', undefined)]), [
      'b: Service default/a (pool blue) also asks for listen port 8080/TCP; only service-pool keeps the two Services apart',
    ])
  })

  it('finds two Services that differ only in their pool', () => {
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', 'green')]), [
      'b: Service default/a (pool blue) also asks for listen port 8080/TCP; only service-pool keeps the two Services apart',
    ])
    assert.deepEqual(overlaps([web('a', 'blue'), web('b', 'green').annotated({algorithm: 'least_conn'})]), [])
  })

  it('leaves Services that one lbex serves to port-conflict', () => {
    assert.deepEqual(overlaps([web('a', undefined), web('b', 'blue')], {servicePool: 'blue'}), [])
  })

  it('names the first of several overlapping Services', () => {
    const algorithms = ['least_conn', 'random', undefined]
    const pools = [undefined, 'blue', 'green']
    const kinds = pools.flatMap((pool) => algorithms.map((algorithm) => ({pool, algorithm})))
    const names = [...'abcdefghijklmnopqrstuvwxyz0123456789']
    for (let seed = 1; seed <= 20; seed += 1) {
      const wishes = names.map((name, index) => {
        const kind = kinds[(index * index * seed + 7 * index + seed) % kinds.length] ?? {
          pool: undefined,
          algorithm: undefined,
        }
        return {name, ...kind}
      })
      const services = wishes.map(({name, pool, algorithm}) =>
        algorithm === undefined ? web(name, pool) : web(name, pool).annotated({algorithm}),
      )
      const sorted = wishes.toSorted((a, b) => (a.name < b.name ? -1 : 1))
      const expected = sorted.flatMap((wish, index) => {
        const other = sorted
          .slice(0, index)
          .find(
            ({pool, algorithm}) =>
              pool !== wish.pool &&
              (pool === undefined || wish.pool === undefined || algorithm === wish.algorithm) &&
              (pool === 'green' || wish.pool === 'green'),
          )
        return other ? [`${wish.name}: Service default/${other.name} `] : []
      })
      const found = overlaps(services, {servicePool: 'blue'}).map((text) => text.split('(')[0])
      assert.deepEqual(found.sort(), expected.sort(), `seed ${seed}`)
    }
  })

  it('leaves out Services on different addresses', () => {
    const on = (name: string, pool: string | undefined, address: string) =>
      web(name, pool).annotated({'listen-address': address})
    const names = (...services: ReturnType<typeof web>[]) =>
      overlaps(services).map((text) => text.replace(/ \(.*/, ''))
    assert.deepEqual(names(on('a', undefined, 'inside'), on('b', 'blue', 'public')), [])
    assert.deepEqual(names(on('a', 'green', 'inside'), on('b', 'blue', 'inside')), ['b: Service default/a'])
    assert.deepEqual(names(on('a', undefined, 'x,y'), on('b', 'blue', 'y,z')), ['b: Service default/a'])
    assert.deepEqual(names(on('a', undefined, 'x'), web('b', 'blue')), ['b: Service default/a'])
    assert.deepEqual(names(web('a', undefined), on('b', 'blue', 'x')), ['b: Service default/a'])
    assert.deepEqual(names(on('a', undefined, '0.0.0.0'), on('b', 'blue', 'x')), ['b: Service default/a'])
    assert.deepEqual(names(on('a', undefined, 'not valid'), on('b', 'blue', 'x')), [])
    const three = names(on('a', undefined, 'y'), web('b', undefined), on('c', 'blue', 'x'))
    assert.deepEqual(three, ['c: Service default/b'])
  })

  it('does not compare ports beyond the limit of listeners', () => {
    const range = (name: string, pool: string | undefined) =>
      web(name, pool).annotated({'loadbalancer-port.lbex/http': '8080-8089', 'upstream-type': 'pod'})
    const [found] = overlaps([range('a', undefined), range('b', 'blue')], {maxListenersPerService: 3})
    assert.match(found ?? '', / also asks for listen port 8080-8082\/TCP; /)
  })

  it('skips Services that the API server would refuse', () => {
    assert.deepEqual(overlaps([web('a', undefined), web('b', 'blue').with({refused: true})]), [])
  })
})

describe('otherPools', () => {
  it('counts Services that this lbex does not serve, by pool', () => {
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
