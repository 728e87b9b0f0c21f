/** The states of all Services that select this lbex. */
import type {HostState} from '../model/host-state.js'
import {finish, mapInSteps, type Steps} from '../model/steps.js'
import type {TranslatedService} from '../translate/translator.js'
import {describeObject, type Diagnostic, type ObjectRef} from '../../diagnostics/diagnostic.js'
import type {OtherDiagnostic, StateSummary} from './lbex-state.js'
import {diagnosticState, serviceState, type ServiceState} from './service-state.js'

export type StatesInput = {
  /** The number of Services that were read. */
  readonly read: number
  readonly translated: readonly TranslatedService[]
  readonly diagnostics: readonly Diagnostic[]
  /** Services that NGINX rejects. */
  readonly rejected: readonly ObjectRef[]
  readonly failedChecks: HostState['failedChecks']
  /** Milliseconds since the epoch since when the Service NAMESPACE/NAME has a listener. */
  readonly since: (service: string, listener: string) => number | undefined
}

export type ServiceStates = {
  readonly summary: StateSummary
  /** Sorted by namespace and name. */
  readonly services: readonly ServiceState[]
  readonly diagnostics: readonly OtherDiagnostic[]
}

/** A misspelt class in thousands of Services must not make every page of the state large. */
const MOST_OTHERS = 100

export function serviceStates(input: StatesInput): ServiceStates {
  return finish(serviceStatesInSteps(input))
}

/** The same in steps of a few Services: thousands of them take longer than other work may wait. */
export function* serviceStatesInSteps(input: StatesInput): Steps<ServiceStates> {
  const {translated, rejected, failedChecks, since} = input
  const {own, others} = yield* byService(input)
  const isRejected = new Set(rejected.map(describeObject))
  const services = yield* mapInSteps(translated, (each) => {
    const {ref} = each.intent.service
    const object = describeObject(ref)
    return serviceState(each, {
      ...{diagnostics: own.get(object) ?? [], isRejected: isRejected.has(object), failedChecks},
      since: (listener) => since(`${ref.namespace}/${ref.name}`, listener),
    })
  })
  return {
    summary: summaryOf(input, services),
    services: services.sort(byName),
    diagnostics: others.slice(0, MOST_OTHERS).map(otherDiagnostic),
  }
}

type ByService = {readonly own: ReadonlyMap<string, Diagnostic[]>; readonly others: readonly Diagnostic[]}

function* byService({translated, diagnostics}: StatesInput): Steps<ByService> {
  const objects = yield* mapInSteps(translated, ({intent}) => describeObject(intent.service.ref))
  const own = new Map<string, Diagnostic[]>(objects.map((object) => [object, []]))
  const others: Diagnostic[] = []
  yield* mapInSteps(diagnostics, (diagnostic) =>
    (own.get(describeObject(diagnostic.object)) ?? others).push(diagnostic),
  )
  return {own, others}
}

/** By code units: the same order on every host. */
function byName(a: ServiceState, b: ServiceState): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : 1
}

function otherDiagnostic(diagnostic: Diagnostic): OtherDiagnostic {
  return {object: describeObject(diagnostic.object), ...diagnosticState(diagnostic)}
}

function summaryOf({read, diagnostics}: StatesInput, services: readonly ServiceState[]): StateSummary {
  const countOf = (wanted: ServiceState['state']): number =>
    services.filter(({state}) => state === wanted).length
  const [served, partial] = [countOf('served'), countOf('partial')]
  return {
    ...{read, selected: services.length, served, partial},
    notServed: services.length - served - partial,
    errors: diagnostics.filter(({severity}) => severity === 'error').length,
    warnings: diagnostics.filter(({severity}) => severity === 'warning').length,
  }
}
