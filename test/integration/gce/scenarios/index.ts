/** All scenarios of `lbex gce`: on the stand-in for gcloud always, and on the real one where that is installed. */
import {lifeScenarios} from './life.js'
import {neighbourScenarios} from './neighbours.js'
import {programScenarios} from './program.js'
import type {Scenarios} from './stage.js'
import {faultScenarios} from './faults.js'

export const SCENARIOS: readonly Scenarios[] = [
  lifeScenarios,
  faultScenarios,
  neighbourScenarios,
  programScenarios,
]
