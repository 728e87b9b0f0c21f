/** The Events for the current problems. Pure. */
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import {draftOf, type EventDraft} from './events.js'
import {servicesWith, type PublishMoment} from './moment.js'
import {concernsHost} from './reasons.js'
import type {ServedPorts} from './served-ports.js'
import {unavailableEvent} from './service-events.js'

/** Maximum for one Service: a Service may have thousands of problems, and gets no more Events at once. */
const MOST_PROBLEMS = 25

export type DraftContext = {
  /** The problems of Services, by keyOf. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>
  /** The Services that are published. */
  readonly served: Iterable<ServedPorts>
  readonly isLeader: boolean
  readonly hostName: string
}

/** Each host reports the diagnostics about itself, the leader reports all others. Errors come first. */
export function* problemDrafts(
  {services}: Pick<PublishMoment, 'services'>,
  {diagnostics, served, isLeader, hostName}: DraftContext,
): Generator<EventDraft> {
  const byKey = servicesWith(diagnostics, services)
  for (const [key, found] of diagnostics) {
    const service = byKey.get(key)
    if (!service) continue
    const reported = found.filter(
      ({code, severity}) => severity !== 'info' && (isLeader || concernsHost(code)),
    )
    const errors = reported.filter(({severity}) => severity === 'error')
    const others = reported.filter(({severity}) => severity !== 'error')
    for (const diagnostic of [...errors, ...others].slice(0, MOST_PROBLEMS)) {
      const draft = draftOf(diagnostic, {service: service.ref, uid: service.uid}, hostName)
      if (draft) yield draft
    }
  }
  if (isLeader) for (const each of served) yield* unavailableEvent(each)
}
