/** The scenarios that every cluster has to stand, on the API double. */
import {DoubleCluster} from './double-cluster.js'
import {SCENARIOS} from './scenarios/index.js'

describe('end to end, on the API double', function () {
  this.timeout(60_000)
  for (const scenarios of SCENARIOS) scenarios(() => DoubleCluster.open())
})
