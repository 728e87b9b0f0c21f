/** What the last good turn came to, as gauges. */
import type {Outcome} from '../reconcile.js'
import type {Instruments} from './instruments.js'
import {countRejected, servedServices} from './outcome-view.js'

export function showOutcome(instruments: Instruments, outcome: Outcome): void {
  showServices(instruments, outcome)
  const {diagnostics} = instruments
  diagnostics.reset()
  for (const {code, severity} of outcome.diagnostics) diagnostics.inc({code, severity})
}

function showServices({services, listeners, upstreamServers}: Instruments, outcome: Outcome): void {
  const served = servedServices(outcome)
  services.set({state: 'served'}, served.length)
  services.set({state: 'rejected'}, countRejected(outcome))
  services.set({state: 'quarantined'}, outcome.applied.quarantined.length)
  const keys = served.flatMap((service) => service.listeners.map(({key}) => key))
  for (const protocol of ['TCP', 'UDP']) {
    listeners.set({protocol}, keys.filter((key) => key.protocol === protocol).length)
  }
  const servers = served.flatMap(({upstreams}) => upstreams.flatMap((upstream) => upstream.servers))
  upstreamServers.set(servers.filter(({down}) => !down).length)
}
