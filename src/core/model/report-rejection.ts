/** Reports requests that did not get their listeners, and which Services have these instead. */
import {describeObject, type Diagnostic, type FieldPath, type Related} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Conflict} from './listener-conflict.js'
import {describeListeners, type ListenerKey} from './listener-key.js'
import type {OwnedRequest} from './make-listener.js'
import type {ServicePlan} from './plan-service.js'
import {createdAt} from './precedence.js'
import {serverNameOf} from './route-match.js'

export type Rejection = {
  readonly candidate: OwnedRequest
  /** The earlier request that it conflicts with. */
  readonly winner: OwnedRequest
  readonly conflict: Conflict
}

/** Adds the diagnostics of the Services. Listeners of one range that the same port of a Service has are reported together. */
export function reportRejections(rejections: readonly Rejection[], diagnostics: Diagnostic[]): void {
  const reports = new Map<ServicePlan, ReportDiagnostic>()
  for (const group of groupByPorts(rejections)) {
    const {plan} = group.first.candidate
    const report = reports.get(plan) ?? reporter(plan.intent.service, diagnostics)
    reports.set(plan, report)
    reportRejection(group, report)
  }
}

/** Rejections that differ only in the ports of a range. */
type RejectionGroup = {
  readonly first: Rejection
  /** The listeners that were requested, and those of the winner. */
  readonly keys: ListenerKey[]
  readonly winnerKeys: ListenerKey[]
}

function groupByPorts(rejections: readonly Rejection[]): Iterable<RejectionGroup> {
  const groups = new Map<string, RejectionGroup>()
  for (const rejection of rejections) {
    const {candidate, winner, conflict} = rejection
    const name = conflict.about === 'name' ? serverNameOf(candidate.request.match) : undefined
    const id = [requestId(candidate), requestId(winner), conflict.about, name].join(' ')
    const group = groups.get(id) ?? {first: rejection, keys: [], winnerKeys: []}
    groups.set(id, group)
    group.keys.push(candidate.request.key)
    group.winnerKeys.push(winner.request.key)
  }
  return groups.values()
}

/** Equal for the requests of one Service port and address, whatever the listen port. */
function requestId({plan, request: {key, port}}: OwnedRequest): string {
  return `${plan.id} ${port.index} ${key.address} ${key.protocol}`
}

function reportRejection(group: RejectionGroup, report: ReportDiagnostic): void {
  const {candidate, winner, conflict} = group.first
  if (conflict.about === 'name') return reportName(group, report)
  const {field} = candidate.request.port
  if (conflict.about === 'limit') {
    const {names, limit} = conflict
    return report('hosts-over-limit', {field, args: {names, limit}})
  }
  const related = [placeOf(winner, winner.request.port.field)]
  const about = () => describeWinner(group)
  if (conflict.about === 'settings') {
    const {settings, needsCertificatePerName} = conflict
    const args = () => ({...about(), settings, ...(needsCertificatePerName && {needsCertificatePerName})})
    return report('shared-settings-differ', {field, args, related})
  }
  const args = () => ({...about(), ...overlapOf(group), ...countOf(group)})
  report('port-conflict', {field, args, related})
}

/** How the listeners overlap if they are not the same; otherwise whether the Services could share it. */
function overlapOf({first: {candidate, winner}, winnerKeys}: RejectionGroup): {
  overlaps?: string
  isShareable?: boolean
} {
  if (winner.request.id !== candidate.request.id) return {overlaps: describeListeners(winnerKeys)}
  return allowsOthers(candidate) || allowsOthers(winner) ? {isShareable: true} : {}
}

function countOf({keys}: RejectionGroup): {count?: number} {
  const count = new Set(keys.map(({port}) => port)).size
  return count > 1 ? {count} : {}
}

function reportName(group: RejectionGroup, report: ReportDiagnostic): void {
  const {candidate, winner} = group.first
  const [name = '', other = ''] = [candidate, winner].map(({request}) => serverNameOf(request.match))
  report('host-conflict', {
    field: fieldOfName(candidate),
    args: () => ({...describeWinner(group), name, ...(other !== name && {wildcard: other})}),
    related: [placeOf(winner, fieldOfName(winner))],
  })
}

function fieldOfName({request: {port}}: OwnedRequest): FieldPath {
  return port.sharing?.hosts?.field ?? port.field
}

/** True if the request allows others for the same listener. */
function allowsOthers({request: {match, share}}: OwnedRequest): boolean {
  return match.type !== 'all' || share !== undefined
}

function describeWinner({first: {candidate, winner}, keys}: RejectionGroup): {
  listener: string
  winner: string
  why?: string
} {
  const listener = describeListeners(keys)
  if (winner.plan === candidate.plan) return {listener, winner: 'another port of this Service'}
  const isSameAge = createdAt(winner) === createdAt(candidate)
  const why = isSameAge ? 'it comes first by namespace/name' : 'it is older'
  return {listener, winner: describeObject(winner.plan.intent.service.ref), why}
}

function placeOf({plan}: OwnedRequest, field: FieldPath): Related {
  const {ref, origin} = plan.intent.service
  return {message: 'allocated here', object: ref, field, ...(origin && {origin})}
}
