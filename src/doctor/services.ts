/** The Services that lbex can serve, and what is wrong with the objects. */
import type {LoadBalancer} from '../core/model/load-balancer.js'
import {ownedListeners} from '../core/model/owned-listeners.js'
import {describeObject, sortDiagnostics, type Diagnostic} from '../diagnostics/diagnostic.js'
import {Check, type Finding} from '../diagnostics/finding.js'

/** Findings about objects; the rest is counted, because thousands of Services may have the same mistake. */
const MOST_LISTED = 20

/**
 * One finding with the number of Services, then one for each error and warning in the objects, errors first. All are warnings:
 * they do not prevent lbex from serving the other Services. `diagnostics`: located.
 */
export function checkServices(loadBalancer: LoadBalancer, diagnostics: readonly Diagnostic[]): Finding[] {
  const check = new Check('services')
  const owners = ownedListeners(loadBalancer).flatMap((each) => each.owners)
  const count = new Set(owners.map(({ref}) => describeObject(ref))).size
  const served = check.ok(count === 1 ? '1 Service can be served' : `${count} Services can be served`)
  const sorted = sortDiagnostics(diagnostics)
  const of = (wanted: Diagnostic['severity']) => sorted.filter(({severity}) => severity === wanted)
  const all = [...of('error'), ...of('warning')]
  const listed = all.slice(0, MOST_LISTED).map((diagnostic) => findingOf(check, diagnostic))
  const rest = all.length - listed.length
  if (rest === 0) return [served, ...listed]
  const more = rest === 1 ? '1 more finding about the objects' : `${rest} more findings about the objects`
  return [served, ...listed, check.warning(more, 'run lbex render with the same flags to list them')]
}

function findingOf(check: Check, {object, severity, code, message, location, hint}: Diagnostic): Finding {
  const place = location ? ` (${location.file}:${location.line}:${location.column})` : ''
  const text = `${describeObject(object)}: ${severity} ${code}: ${message}${place}`
  return check.warning(text, hint ?? `lbex check --explain ${code} says more`)
}
