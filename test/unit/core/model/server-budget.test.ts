import assert from 'node:assert/strict'
import type {Upstream} from '../../../../src/core/model/load-balancer.js'
import {ServerBudget} from '../../../../src/core/model/server-budget.js'

const addresses = (count: number): string[] => Array.from({length: count}, (_, index) => `10.0.0.${index}`)

function upstream(
  name: string,
  from: readonly string[],
  algorithm: 'round_robin' | 'client_ip' = 'round_robin',
) {
  const servers = from.map((address) => ({address, port: 80, weight: 1, down: false}))
  return {name, settings: {balancing: {algorithm}}, servers, unknown: [], absent: []} satisfies Upstream
}

const namesOf = ({servers}: Upstream): string[] => servers.map(({address}) => address)

/** The servers that each upstream keeps. */
function kept(limit: number, upstreams: readonly Upstream[]): Upstream[] {
  const budget = new ServerBudget(limit, upstreams.length)
  const spent = upstreams.map((each) => budget.spend(each))
  return budget.isOver ? spent.map((each) => budget.cut(each)) : spent
}

describe('ServerBudget', () => {
  it('does not change upstreams that have no more servers in total than the limit', () => {
    const upstreams = [upstream('a', addresses(9)), upstream('b', addresses(1))]
    assert.deepEqual(kept(10, upstreams), upstreams)
  })

  it('limits each upstream to its share otherwise, keeping the order of servers', () => {
    const result = kept(10, [upstream('a', addresses(9)), upstream('b', addresses(2))])
    assert.deepEqual(
      result.map(({servers}) => servers.length),
      [5, 2],
    )
    assert.deepEqual(namesOf(result[0] as Upstream), namesOf(result[0] as Upstream).sort())
  })

  it('never keeps more than the limit while counting', () => {
    const budget = new ServerBudget(10, 100)
    const sizes = Array.from({length: 100}, (_, index) => budget.spend(upstream(`u${index}`, addresses(8))))
    assert.deepEqual(
      sizes.map(({servers}) => servers.length),
      [8, ...Array.from({length: 99}, () => 1)],
    )
    assert.deepEqual([budget.spent, budget.hasSampled], [800, true])
  })

  it('keeps one server of each upstream, whatever the limit', () => {
    const result = kept(1, [upstream('a', addresses(3)), upstream('b', addresses(3))])
    assert.deepEqual(
      result.map(({servers}) => servers.length),
      [1, 1],
    )
  })

  it('keeps the other servers of a sample when one is removed, and samples each upstream differently', () => {
    const many = addresses(200)
    const [before] = kept(20, [upstream('a', many)])
    const gone = namesOf(before as Upstream)[3]
    const [after] = kept(20, [
      upstream(
        'a',
        many.filter((address) => address !== gone),
      ),
    ])
    const stayed = namesOf(before as Upstream).filter((address) => address !== gone)
    assert.deepEqual(
      stayed.filter((address) => !namesOf(after as Upstream).includes(address)),
      [],
    )
    const [other] = kept(20, [upstream('b', many)])
    assert.notDeepEqual(namesOf(other as Upstream), namesOf(before as Upstream))
  })

  it('counts the weights of a consistent hash, and scales them down', () => {
    const heavy = upstream('a', addresses(3), 'client_ip')
    const servers = heavy.servers.map((server, index) => ({...server, weight: [1, 10, 30][index] ?? 1}))
    const weights = (limit: number, algorithm: 'round_robin' | 'client_ip'): number[][] =>
      kept(limit, [{...heavy, servers, settings: {balancing: {algorithm}}}]).map((each) =>
        each.servers.map(({weight}) => weight),
      )
    assert.deepEqual(weights(41, 'client_ip'), [[1, 10, 30]])
    assert.deepEqual(weights(20, 'client_ip'), [[1, 4, 14]])
    assert.deepEqual(weights(3, 'round_robin'), [[1, 10, 30]])
  })
})
