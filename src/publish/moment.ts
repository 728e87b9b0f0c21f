/** The part of a reconcile's outcome that is published. */
import type {Service} from '../core/cluster/objects.js'
import {haveSameItems} from '../core/translate/remember.js'
import type {TranslatedService} from '../core/translate/translator.js'
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import {servedPorts, type ServedPorts} from './served-ports.js'

export type PublishMoment = {
  /** All Services of the snapshot. */
  readonly services: readonly Service[]
  /** The Services that select this lbex. */
  readonly translated: readonly TranslatedService[]
  readonly diagnostics: readonly Diagnostic[]
  /** Services that are not served, or only with their last good configuration. */
  readonly quarantined: readonly ObjectRef[]
}

export function keyOf({namespace = '', name}: Pick<ObjectRef, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}

/** The diagnostics of Services, by keyOf. */
export function diagnosticsByService(
  diagnostics: readonly Diagnostic[],
): ReadonlyMap<string, readonly Diagnostic[]> {
  const groups = new Map<string, Diagnostic[]>()
  for (const diagnostic of diagnostics) {
    if (diagnostic.object.kind !== 'Service') continue
    const key = keyOf(diagnostic.object)
    const group = groups.get(key)
    if (group) group.push(diagnostic)
    else groups.set(key, [diagnostic])
  }
  return groups
}

type Remembered = {
  readonly translated: TranslatedService
  readonly diagnostics: readonly Diagnostic[]
  readonly isQuarantined: boolean
  readonly served: ServedPorts
}

/** Like servedPorts, but returns the previous object while its inputs stay the same. */
export type RecallServedPorts = typeof servedPorts

export function rememberServedPorts(): RecallServedPorts {
  const remembered = new WeakMap<Service, Remembered>()
  return (translated, diagnostics, isQuarantined) => {
    const {service} = translated.intent
    const last = remembered.get(service)
    if (last && isSame(last, {translated, diagnostics, isQuarantined})) return last.served
    const served = servedPorts(translated, diagnostics, isQuarantined)
    remembered.set(service, {translated, diagnostics, isQuarantined, served})
    return served
  }
}

function isSame(a: Omit<Remembered, 'served'>, b: Omit<Remembered, 'served'>): boolean {
  return (
    a.isQuarantined === b.isQuarantined &&
    a.translated.intent === b.translated.intent &&
    a.translated.assignment === b.translated.assignment &&
    haveSameItems(a.translated.requested, b.translated.requested) &&
    haveSameItems(a.translated.allocated, b.translated.allocated) &&
    haveSameItems(a.translated.available, b.translated.available) &&
    haveSameItems(a.diagnostics, b.diagnostics)
  )
}

/** The Services that the diagnostics are about, by keyOf. */
export function servicesWith(
  keys: ReadonlyMap<string, unknown>,
  services: readonly Service[],
): ReadonlyMap<string, Service> {
  if (keys.size === 0) return new Map()
  const found = services.map((service) => [keyOf(service.ref), service] as const)
  return new Map(found.filter(([key]) => keys.has(key)))
}
