/** The address families of a Service, and of its EndpointSlices. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {EndpointSlice, IpFamily} from '../cluster/objects.js'
import {familiesOfService} from '../cluster/service-families.js'
import type {ServiceIntent} from '../intent/service-intent.js'
import type {ChosenAddresses} from './choose-addresses.js'

/** The address families of the Service. If they are unknown, a family that lbex listens for, preferably IPv4. */
export function familiesOf(
  {service}: ServiceIntent,
  slices: readonly EndpointSlice[],
  addresses: Pick<ChosenAddresses, IpFamily>,
): readonly IpFamily[] {
  const stated = familiesOfService(service)
  if (stated.length > 0) return stated
  const known = new Set(slices.map((slice) => slice.addressType).filter(isFamily))
  if (known.size > 0) return [...known].sort()
  return addresses.IPv4.length === 0 && addresses.IPv6.length > 0 ? ['IPv6'] : ['IPv4']
}

/** Reports EndpointSlices with host names instead of addresses. */
export function reportAddressTypes(
  {upstreamType}: ServiceIntent,
  slices: readonly EndpointSlice[],
  report: ReportDiagnostic,
): void {
  if (upstreamType === 'cluster-ip') return
  const others = slices.filter(({addressType}) => !isFamily(addressType))
  for (const addressType of new Set(others.map((slice) => slice.addressType))) {
    const names = others.filter((slice) => slice.addressType === addressType).map(({ref}) => ref.name)
    report('address-type-unsupported', {args: {slices: names.sort(), addressType}})
  }
}

function isFamily(text: string): text is IpFamily {
  return text === 'IPv4' || text === 'IPv6'
}
