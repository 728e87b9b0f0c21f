/** Every scenario, on the stand-in for gcloud. It is held against the real one in on-real-gcloud.test.ts. */
import {gceWorld} from '../../support/gce-fake/world.js'
import {SCENARIOS} from './scenarios/index.js'

describe('gce, on the stand-in for gcloud', function () {
  this.timeout(60_000)
  for (const scenarios of SCENARIOS) scenarios({open: gceWorld, brief: false})
})
