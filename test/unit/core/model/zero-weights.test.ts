import assert from 'node:assert/strict'
import {reportZeroWeights} from '../../../../src/core/model/zero-weights.js'
import {forName, planFor, weighted, type Wish} from '../../../support/shared-listeners.js'

const plan = (name: string, ...wishes: readonly Wish[]) => planFor({name, endpoint: '10.1.0.1', wishes})
const about = (plans: ReturnType<typeof plan>[], rejected = new Set<never>()) =>
  reportZeroWeights(plans, rejected).map(
    ({object, message}) => `${object.name}: ${message.split(' have ')[0]}`,
  )

describe('reportZeroWeights', () => {
  it('reports every Service of traffic that no Service gets', () => {
    assert.deepEqual(about([plan('a', weighted(0)), plan('b', weighted(0))]), [
      'a: all Services that share 0.0.0.0:8443/TCP',
      'b: all Services that share 0.0.0.0:8443/TCP',
    ])
    assert.deepEqual(about([plan('a', weighted(0)), plan('b', weighted(1))]), [])
  })

  it('looks at each server name separately', () => {
    const a = plan('a', forName('x.example', 0), forName('y.example', 0))
    assert.deepEqual(about([a, plan('b', forName('y.example', 1))]), [
      'a: all Services that share host "x.example" of 0.0.0.0:8443/TCP',
    ])
  })

  it('ignores requests that did not get their listener', () => {
    const [a, b] = [plan('a', weighted(0)), plan('b', weighted(1))]
    assert.equal(reportZeroWeights([a, b], new Set(b.requests)).length, 1)
  })
})
