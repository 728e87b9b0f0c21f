/** All scenarios that need nothing of a cluster but that it holds objects. */
import type {Scenarios} from '../stage.js'
import {affinityScenarios} from './affinity.js'
import {churnScenarios} from './churn.js'
import {diskScenarios} from './disk.js'
import {lbexEndsScenarios} from './lbex-ends.js'
import {loadBalancerScenarios} from './load-balancer.js'
import {nginxDiesScenarios} from './nginx-dies.js'
import {nodeScenarios} from './nodes.js'
import {outageScenarios} from './outage.js'
import {portScenarios} from './ports.js'
import {publishScenarios} from './publish.js'
import {sourceRangeScenarios} from './source-ranges.js'
import {trafficPolicyScenarios} from './traffic-policy.js'
import {udpClientScenarios} from './udp-clients.js'

export const SCENARIOS: readonly Scenarios[] = [
  nodeScenarios,
  outageScenarios,
  portScenarios,
  publishScenarios,
  loadBalancerScenarios,
  sourceRangeScenarios,
  affinityScenarios,
  trafficPolicyScenarios,
  udpClientScenarios,
  nginxDiesScenarios,
  lbexEndsScenarios,
  diskScenarios,
  churnScenarios,
]
