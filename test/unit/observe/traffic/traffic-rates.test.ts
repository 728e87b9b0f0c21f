import assert from 'node:assert/strict'
import type {LoadBalancer} from '../../../../src/core/model/load-balancer.js'
import {finish} from '../../../../src/core/model/steps.js'
import {
  SampleHistory,
  takeSample,
  trafficOf,
  type Sample,
} from '../../../../src/observe/traffic/traffic-rates.js'
import {TrafficCounter} from '../../../../src/observe/traffic/traffic-counter.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {balance, weighted} from '../../../support/shared-listeners.js'
import {translate} from '../../../support/translate.js'
import {aSession} from './lines.js'

const WEB = translate(
  aSnapshot([
    aService('web').annotated({'upstream-type': 'pod'}).port('http', 80, {listen: '8080-8089'}),
    aSlice('web').port('http', 8080).endpoints(anEndpoint('10.0.0.1')),
  ]),
  options(),
).loadBalancer

describe('the traffic of Services now', () => {
  let counter: TrafficCounter
  beforeEach(() => {
    counter = new TrafficCounter({clock: {monotonic: () => 0}, perServer: false})
  })

  const idOf = ({services}: LoadBalancer) => services[0]?.id ?? ''
  const sample = (open: Record<string, number>, at: number) =>
    finish(takeSample(counter.served(), new Map(Object.entries(open)), at))
  const traffic = (now: Sample, before?: Sample) =>
    Object.fromEntries(finish(trafficOf(counter.served(), now, before)))

  it('has the open connections, and the rates since the sample before', () => {
    counter.update(WEB)
    const [owner, key] = [idOf(WEB), `${idOf(WEB)}|8080|TCP`]
    const before = sample({[key]: 5}, 0)
    assert.deepEqual(traffic(before), {'default/web': [{port: 8080, protocol: 'TCP', connections: 5}]})
    for (const port of [8080, 8085]) counter.count(aSession({owner, port, received: 300, sent: 1000}), 1)
    assert.deepEqual(traffic(sample({[key]: 13}, 4000), before), {
      'default/web': [
        {
          ...{port: 8080, protocol: 'TCP', connections: 13},
          ...{connectionsPerSecond: 2.5, receivedPerSecond: 150, sentPerSecond: 500},
        },
      ],
    })
  })

  it('does not count connections that end as new, and no rate is negative', () => {
    counter.update(WEB)
    const key = `${idOf(WEB)}|8080|TCP`
    const before = sample({[key]: 5}, 0)
    for (let count = 0; count < 3; count += 1) counter.count(aSession({owner: idOf(WEB)}), 1)
    assert.equal(traffic(sample({[key]: 2}, 1000), before)['default/web']?.[0]?.connectionsPerSecond, 0)
    assert.equal(traffic(sample({[key]: 1}, 1000), before)['default/web']?.[0]?.connectionsPerSecond, 0)
  })

  it('has no open connections of a listener that several Services share', () => {
    const [endpoint, wishes] = ['10.0.0.1', [weighted(1)]]
    const shared = balance({name: 'a', endpoint, wishes}, {name: 'b', endpoint, wishes}).loadBalancer
    counter.update(shared)
    const before = sample({'|8443|TCP': 7}, 0)
    const now = traffic(sample({'|8443|TCP': 7}, 1000), before)
    const entries = Object.entries(now).filter(([name]) => name !== '/')
    assert.equal(entries.length, 2)
    for (const [, ports] of entries) {
      assert.equal(ports[0]?.connections, undefined)
      assert.equal(ports[0]?.connectionsPerSecond, 0)
    }
  })

  it('has no rate for a listener that the sample before did not have, and nothing for one that is gone', () => {
    const before = sample({}, 0)
    counter.update(WEB)
    assert.deepEqual(traffic(sample({}, 1000), before), {'default/web': [{port: 8080, protocol: 'TCP'}]})
    counter.update({services: [], shared: []})
    assert.deepEqual(traffic(sample({}, 2000), before), {})
  })
})

describe('SampleHistory', () => {
  const at = (time: number): Sample => ({at: time, totals: new Map()})

  it('keeps a sample of 10 s to 20 s ago, and of at least 1 s ago at the start', () => {
    const history = new SampleHistory()
    const found: (number | undefined)[] = []
    for (const time of [0, 500, 1000, 9000, 10_000, 11_000, 19_000, 20_000, 21_000]) {
      history.note(at(time))
      found.push(history.before(at(time))?.at)
    }
    assert.deepEqual(found, [undefined, undefined, 0, 0, 0, 0, 0, 10_000, 10_000])
  })

  it('does not compare with a sample of more than a minute ago', () => {
    const history = new SampleHistory()
    history.note(at(0))
    history.note(at(60_001))
    assert.equal(history.before(at(60_001)), undefined)
    assert.equal(history.before(at(61_001))?.at, 60_001)
  })
})
