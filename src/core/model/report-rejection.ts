/** Reports a request that did not get its listener, and which Service has it instead. */
import {describeObject, type FieldPath, type Related} from '../../diagnostics/diagnostic.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {Conflict} from './listener-conflict.js'
import type {OwnedRequest} from './make-listener.js'
import {createdAt} from './precedence.js'
import {serverNameOf} from './route-match.js'

export type Rejection = {
  readonly candidate: OwnedRequest
  /** The earlier request that it conflicts with. */
  readonly winner: OwnedRequest
  readonly conflict: Conflict
}

export function reportRejection(rejection: Rejection, report: ReportDiagnostic): void {
  const {candidate, winner, conflict} = rejection
  if (conflict.about === 'name') return reportName(rejection, report)
  const {field} = candidate.request.port
  if (conflict.about === 'limit') {
    const {names, limit} = conflict
    return report('hosts-over-limit', {field, args: {names, limit}})
  }
  const related = [placeOf(winner, winner.request.port.field)]
  const about = () => describeWinner(rejection)
  if (conflict.about === 'settings') {
    const args = () => ({...about(), settings: conflict.settings})
    return report('shared-settings-differ', {field, args, related})
  }
  const args = () => ({...about(), ...overlapOf(rejection)})
  report('port-conflict', {field, args, related})
}

/** How the listeners overlap if they are not the same; otherwise whether the Services could share it. */
function overlapOf({candidate, winner}: Rejection): {overlaps?: string; isShareable?: boolean} {
  const {id} = winner.request
  if (id !== candidate.request.id) return {overlaps: id}
  return allowsOthers(candidate) || allowsOthers(winner) ? {isShareable: true} : {}
}

function reportName(rejection: Rejection, report: ReportDiagnostic): void {
  const {candidate, winner} = rejection
  const [name = '', other = ''] = [candidate, winner].map(({request}) => serverNameOf(request.match))
  report('host-conflict', {
    field: fieldOfName(candidate),
    args: () => ({...describeWinner(rejection), name, ...(other !== name && {wildcard: other})}),
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

function describeWinner({candidate, winner}: Rejection): {listener: string; winner: string; why?: string} {
  const listener = candidate.request.id
  if (winner.plan === candidate.plan) return {listener, winner: 'another port of this Service'}
  const isSameAge = createdAt(winner) === createdAt(candidate)
  const why = isSameAge ? 'it comes first by namespace/name' : 'it is older'
  return {listener, winner: describeObject(winner.plan.intent.service.ref), why}
}

function placeOf({plan}: OwnedRequest, field: FieldPath): Related {
  const {ref, origin} = plan.intent.service
  return {message: 'allocated here', object: ref, field, ...(origin && {origin})}
}
