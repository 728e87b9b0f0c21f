/** Every scenario, on the stand-in for gcloud. It is held against the real one in on-real-gcloud.test.ts. */
import {gceWorld, type WorldOptions} from '../../support/gce-fake/world.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {SCENARIOS} from './scenarios/index.js'
import {neighbourScenarios} from './scenarios/neighbours.js'
import {faultScenarios} from './scenarios/faults.js'

/** They ask hundreds of times what lbex makes of an answer. How the question travels, the others show. */
const IN_PROCESS = new Set([faultScenarios, neighbourScenarios])

describe('gce, on the stand-in for gcloud', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  for (const scenarios of SCENARIOS) {
    const gcloud = IN_PROCESS.has(scenarios) ? 'in-process' : 'stand-in'
    const open = (options: WorldOptions = {}) => gceWorld({...options, gcloud})
    scenarios({open, brief: false})
  }
})
