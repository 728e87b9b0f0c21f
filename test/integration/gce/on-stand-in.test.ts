/** Every scenario, on the stand-in for gcloud. It is held against the real one in on-real-gcloud.test.ts. */
import {gceWorld} from '../../support/gce-fake/world.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {SCENARIOS} from './scenarios/index.js'

describe('gce, on the stand-in for gcloud', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  for (const scenarios of SCENARIOS) scenarios({open: gceWorld, brief: false})
})
