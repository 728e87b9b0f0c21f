/** The scenarios that every cluster has to stand, on the API double. */
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {DoubleCluster} from './double-cluster.js'
import {SCENARIOS} from './scenarios/index.js'

describe('end to end, on the API double', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  for (const scenarios of SCENARIOS) scenarios(() => DoubleCluster.open())
})
