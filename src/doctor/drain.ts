/** Reports whether lbex can end connections, if a Service asks for that with a drain timeout. */
import {wantsDrain} from '../core/model/wants-drain.js'
import type {LoadBalancer} from '../core/model/load-balancer.js'
import type {DrainTest} from '../dataplane/nginx/drain/test-drain.js'
import type {Capability} from '../dataplane/nginx/host/linux-capabilities.js'
import {Check, type Finding} from '../diagnostics/finding.js'

export type DrainFacts = {
  /** The capabilities of the lbex that runs, or of this process. */
  readonly capabilities: ReadonlySet<Capability>
  /** Called only if a Service has a drain timeout. */
  readonly test: () => Promise<DrainTest>
}

const WITHOUT = 'connections to backends that are not used any more last until they end by themselves'

const FIX_CAPABILITY =
  'AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_ADMIN and CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_NET_ADMIN in the systemd unit (systemctl edit lbex), then systemctl restart lbex; in a Pod, run lbex as root and add NET_ADMIN to its capabilities'

export async function checkDrain(loadBalancer: LoadBalancer, facts: DrainFacts): Promise<Finding[]> {
  if (!wantsDrain(loadBalancer)) return []
  const check = new Check('drain-timeout')
  if (!facts.capabilities.has('CAP_NET_ADMIN'))
    return [check.warning(`CAP_NET_ADMIN is missing: ${WITHOUT}`, FIX_CAPABILITY)]
  switch (await facts.test()) {
    case 'works':
      return [check.ok('lbex can end connections after the drain timeout')]
    case 'program':
      return [
        check.warning(
          `there is no program ss: ${WITHOUT}`,
          'apt-get install iproute2 (Debian, Ubuntu), apk add iproute2-ss (Alpine), dnf install iproute (RHEL, Fedora)',
        ),
      ]
    case 'kernel':
      return [
        check.warning(
          `the kernel does not end connections: ${WITHOUT}`,
          'use a kernel with CONFIG_INET_DIAG_DESTROY, as the usual distributions have it',
        ),
      ]
    case 'refused':
      return [check.unknown('lbex has CAP_NET_ADMIN, but lbex doctor may not end a connection for a test')]
    case 'failed':
      return [check.unknown('lbex doctor could not test whether connections can be ended')]
  }
}
