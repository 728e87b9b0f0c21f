/**
 * The same scenarios on the real gcloud, against the same fakes of Google's APIs. Each of its commands takes a CPU for a
 * second, and all scenarios take some 3000: so it is a selection with faults at one thing of each kind, several in a run, which
 * takes about 120. LBEX_GCE_ALL=1 runs every one.
 */
import {spawnSync} from 'node:child_process'
import {gceWorld} from '../../support/gce-fake/world.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {SCENARIOS} from './scenarios/index.js'

describe('gce, on the real gcloud', function () {
  const all = process.env['LBEX_GCE_ALL'] === '1'
  this.timeout((all ? 60 : 10) * INTEGRATION_TIMEOUT)
  const missing = spawnSync('gcloud', ['--version']).error !== undefined
  if (missing) {
    it('(skipped: gcloud is not installed; its stand-in runs all of this in on-stand-in.test.ts)')
    return
  }
  const open: typeof gceWorld = (options) => gceWorld({operationTime: 20, ...options, gcloud: 'real'})
  for (const scenarios of SCENARIOS) scenarios({open, brief: !all})
})
