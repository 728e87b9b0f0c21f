/** What NGINX serves while a part of a change waits for a reload. */
import {describeObject, sortDiagnostics, type ObjectRef} from '../diagnostics/diagnostic.js'
import type {ReconcileOutcome, WrittenTranslation} from './reconcile.js'

/**
 * The outcome `now`, but with the Services that wait for the reload as they were `before`: NGINX serves them so until then. A
 * listener that several Services share waits if one of them does.
 */
export function partialOutcome(
  before: ReconcileOutcome,
  now: ReconcileOutcome,
  waiting: readonly ObjectRef[],
): ReconcileOutcome {
  const names = new Set(waiting.map(describeObject))
  const waits = (ref: ObjectRef): boolean => names.has(describeObject(ref))
  return {
    ...now,
    applied: {
      ...now.applied,
      quarantined: merge(before.applied.quarantined, now.applied.quarantined, waits),
    },
    translation: mergeTranslations(before.translation, now.translation, waits),
    triggers: now.triggers.filter(({service}) => !waits(service)),
    diagnostics: sortDiagnostics(merge(before.diagnostics, now.diagnostics, ({object}) => waits(object))),
  }
}

function mergeTranslations(
  before: WrittenTranslation,
  now: WrittenTranslation,
  waits: (ref: ObjectRef) => boolean,
): WrittenTranslation {
  const [old, current] = [before.loadBalancer, now.loadBalancer]
  const ownerWaits = ({owners}: {readonly owners: readonly {readonly ref: ObjectRef}[]}): boolean =>
    owners.some(({ref}) => waits(ref))
  return {
    loadBalancer: {
      services: merge(old.services, current.services, ({ref}) => waits(ref)),
      shared: merge(old.shared, current.shared, ownerWaits),
    },
    services: merge(before.services, now.services, ({intent}) => waits(intent.service.ref)),
    files: merge(before.files, now.files, ({owners}) => owners.some(waits)),
    diagnostics: merge(before.diagnostics, now.diagnostics, ({object}) => waits(object)),
  }
}

/** What waits as it was, and the rest as it is. */
function merge<T>(before: readonly T[], now: readonly T[], waits: (item: T) => boolean): readonly T[] {
  return [...now.filter((item) => !waits(item)), ...before.filter(waits)]
}
