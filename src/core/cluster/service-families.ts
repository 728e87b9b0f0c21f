/** The address families of a Service, as Kubernetes says them: https://kubernetes.io/docs/concepts/services-networking/dual-stack/ */
import {parseIp} from './ip-address.js'
import type {IpFamily, Service} from './objects.js'

/** `spec.ipFamilies`, or else those of its cluster IPs; sorted. Empty if neither is known, as in a manifest that sets none. */
export function familiesOfService({ipFamilies, clusterIPs}: Service): readonly IpFamily[] {
  if (ipFamilies.length > 0) return [...new Set(ipFamilies)].sort()
  return [...new Set(clusterIPs.flatMap((ip) => parseIp(ip)?.family ?? []))].sort()
}
