/** All scenarios of `lbex gce`: on the stand-in for gcloud always, and on the real one where that is installed. */
import {lifeScenarios} from './life.js'
import {neighbourScenarios} from './neighbours.js'
import {programScenarios} from './program.js'
import type {Scenarios} from './stage.js'
import {troubleScenarios} from './trouble.js'

export const SCENARIOS: readonly Scenarios[] = [
  lifeScenarios,
  troubleScenarios,
  neighbourScenarios,
  programScenarios,
]
