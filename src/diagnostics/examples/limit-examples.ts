/** Examples of objects that hold more than lbex lists or serves. */
import {ours} from './example.js'

const UNKNOWN = Array.from({length: 51}, (_, index) => `loadbalancer.lbex/unknown-${index}: "1"`)

export const LIMIT_EXAMPLES = {
  'findings-not-listed': {bad: ours(UNKNOWN), good: ours([])},
} as const
