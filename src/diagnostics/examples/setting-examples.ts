/** Examples of settings of listeners and upstreams that are not valid or have no effect. */
import {ours} from './example.js'

export const SETTING_EXAMPLES = {
  'setting-port-unknown': {
    bad: ours(['loadbalancer.lbex/algorithm.htpp: least_conn']),
    good: ours(['loadbalancer.lbex/algorithm.http: least_conn']),
  },
} as const
