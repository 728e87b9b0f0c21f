import type {LoadBalancer, Upstream} from './load-balancer.js'

/** True if the connections of any server are to be ended some time after it is not used any more. */
export function wantsDrain({services, shared}: LoadBalancer): boolean {
  const wants = ({upstreams}: {readonly upstreams: readonly Upstream[]}): boolean =>
    upstreams.some(({settings}) => settings.drainTimeout !== undefined)
  return services.some(wants) || shared.some(wants)
}
