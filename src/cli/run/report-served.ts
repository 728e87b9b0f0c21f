/** Reports what NGINX serves to the parts of `lbex run` that publish, count or show it. */
import type {Drainer} from '../../controller/drain/drainer.js'
import type {LoopDeps} from '../../controller/loop.js'
import type {Metrics} from '../../controller/metrics/metrics.js'
import type {ReconcileOutcome} from '../../controller/reconcile.js'
import type {Health} from '../../health/health.js'
import type {AddressMemory} from './address-memory.js'
import type {LastGoodSecrets} from './last-good-secrets.js'
import type {ObservedTraffic} from './open-traffic.js'
import type {Publishing} from './publishing.js'
import type {RunState} from './run-state.js'
import type {ServiceNotifier} from './service-notifier.js'

/** Each is absent if the flags do not ask for it. */
export type ServedObservers = {
  readonly metrics?: Pick<Metrics, 'countReconcile' | 'notePartlyServed'> | undefined
  readonly addresses?: Pick<AddressMemory, 'note'> | undefined
  readonly publishing?: Pick<Publishing, 'update'> | undefined
  readonly state?: Pick<RunState, 'update'> | undefined
  readonly secrets?: Pick<LastGoodSecrets, 'note'> | undefined
  readonly health?: Pick<Health, 'watch'> | undefined
  readonly traffic?: Pick<ObservedTraffic, 'update'> | undefined
  readonly drainer?: Pick<Drainer, 'update'> | undefined
  readonly notifier?: Pick<ServiceNotifier, 'noteReconciled'> | undefined
}

export function reportServed(
  observers: ServedObservers,
): Required<Pick<LoopDeps, 'onReconciled' | 'onPartlyServed'>> {
  const {metrics, notifier} = observers
  return {
    onReconciled: (finished) => {
      metrics?.countReconcile(finished)
      if ('outcome' in finished) update(observers, finished.outcome)
      notifier?.noteReconciled()
    },
    onPartlyServed: (outcome) => {
      metrics?.notePartlyServed(outcome)
      update(observers, outcome)
    },
  }
}

function update(
  {addresses, publishing, state, secrets, health, traffic, drainer}: ServedObservers,
  outcome: ReconcileOutcome,
): void {
  addresses?.note(outcome)
  publishing?.update(outcome)
  state?.update(outcome)
  secrets?.note(outcome)
  health?.watch(outcome.translation.loadBalancer)
  traffic?.update(outcome.translation.loadBalancer)
  drainer?.update(outcome)
}
