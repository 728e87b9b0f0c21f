/** All scenarios that need nothing of a cluster but that it holds objects. */
import type {Scenarios} from '../stage.js'
import {churnScenarios} from './churn.js'
import {diskScenarios} from './disk.js'
import {lbexEndsScenarios} from './lbex-ends.js'
import {nginxDiesScenarios} from './nginx-dies.js'
import {nodeScenarios} from './nodes.js'
import {outageScenarios} from './outage.js'
import {portScenarios} from './ports.js'
import {publishScenarios} from './publish.js'

export const SCENARIOS: readonly Scenarios[] = [
  nodeScenarios,
  outageScenarios,
  portScenarios,
  publishScenarios,
  nginxDiesScenarios,
  lbexEndsScenarios,
  diskScenarios,
  churnScenarios,
]
