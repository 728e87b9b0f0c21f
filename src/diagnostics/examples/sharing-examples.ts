/** Examples of mistakes with listeners that Services share. */
import {CLASS, documents, HTTP, ours, service} from './example.js'

const HOSTS = 'loadbalancer.lbex/hosts: web.example.com'
const GROUP = 'loadbalancer.lbex/shared-listener: web'
const RANGES = 'loadbalancer.lbex/source-ranges: 10.0.0.0/8'
/** Service shop at the same listen port as Service web. */
function shop(...annotations: readonly string[]): string {
  return service({name: 'shop', annotations: [CLASS, HTTP, ...annotations]})
}

export const SHARING_EXAMPLES = {
  'host-invalid': {
    bad: ours([HOSTS.replace('web.', 'bücher.')]),
    good: ours([HOSTS.replace('web.', 'xn--bcher-kva.')]),
  },
  'host-repeated': {bad: ours([`${HOSTS}, web.example.com`]), good: ours([`${HOSTS}, www.example.com`])},
  'hosts-empty': {bad: ours(['loadbalancer.lbex/hosts: ""']), good: ours([HOSTS])},
  'hosts-over-limit': {
    never: 'an example would need more than 10,000 host names',
    remedy: 'spread the names over several Services, or use a wildcard such as "*.example.com"',
  },
  'host-conflict': {
    bad: documents(ours([HOSTS]), shop(HOSTS)),
    good: documents(ours([HOSTS]), shop(HOSTS.replace('web.', 'shop.'))),
  },
  'shared-settings-differ': {
    bad: documents(ours([GROUP]), shop(GROUP, RANGES)),
    good: documents(ours([GROUP, RANGES]), shop(GROUP, RANGES)),
  },
  'shared-listener-invalid': {bad: ours([`${GROUP} and shop`]), good: ours([GROUP])},
  'weight-unused': {
    bad: ours(['loadbalancer.lbex/weight: "90"']),
    good: ours([GROUP, 'loadbalancer.lbex/weight: "90"']),
  },
  'weights-zero': {
    bad: ours([GROUP, 'loadbalancer.lbex/weight: "0"']),
    good: ours([GROUP, 'loadbalancer.lbex/weight: "1"']),
  },
} as const
