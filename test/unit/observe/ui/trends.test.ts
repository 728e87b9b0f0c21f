import assert from 'node:assert/strict'
import {TREND_POINTS, Trends} from '../../../../src/observe/ui/trends.js'
import {aServiceState, aTraffic} from '../../../support/ui-states.js'

const [web, api] = [aServiceState('web'), aServiceState('api')]

describe('the traffic of the last minutes', () => {
  it('is kept for each Service and for all together, oldest first', () => {
    const trends = new Trends()
    trends.add(aTraffic([web, api]))
    assert.equal(trends.of(), undefined)
    trends.add(aTraffic([web, api], 2))
    assert.deepEqual(trends.of()?.rate, [7, 14])
    assert.deepEqual(trends.of('shop/web')?.connections, [1200, 1200])
    assert.deepEqual(trends.of('shop/api')?.bytes, [250_900, 500_900])
    assert.equal(trends.of('shop/other'), undefined)
    assert.equal(trends.version, '2')
  })

  it('is 0 while a Service was away, and is forgotten after ten minutes', () => {
    const trends = new Trends()
    trends.add(aTraffic([web, api]))
    trends.add(aTraffic([web]))
    trends.add(aTraffic([web, api]))
    assert.deepEqual(trends.of('shop/api')?.rate, [3.5, 0, 3.5])
    for (let index = 0; index <= TREND_POINTS; index += 1) trends.add(aTraffic([web]))
    assert.equal(trends.of('shop/api'), undefined)
    assert.equal(trends.of('shop/web')?.rate.length, TREND_POINTS)
  })
})
