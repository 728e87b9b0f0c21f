/** What lbex does at the moment, in one line for `systemctl status`. */
import type {DaemonStatus} from '../../controller/status.js'
import type {ServedCounts} from '../../observe/served-listeners.js'

export type ServiceFacts = {
  readonly status: DaemonStatus
  /** Whether NGINX runs and answers. */
  readonly nginxServes: boolean
  /** Why the known state of the cluster is out of date, as a sentence; absent if it is not. */
  readonly staleness?: string | undefined
  /** Absent if it is not known. */
  readonly counts?: ServedCounts | undefined
  /** How lbex stops. */
  readonly onStop: 'drain' | 'leave'
}

export function serviceText(facts: ServiceFacts): string {
  const {status, nginxServes, staleness, onStop} = facts
  if (status.stopping)
    return `stopping; NGINX ${onStop === 'drain' ? 'finishes its connections' : 'keeps serving'}`
  const {synced, resumed, readFailure, failure} = status
  const problems = [failure, staleness ?? (synced ? undefined : readFailure)]
  if (synced || resumed) problems.unshift(nginxServes ? undefined : 'NGINX does not serve')
  return [servedText(facts), ...problems].filter((part) => part !== undefined).join('; ')
}

function servedText({status: {synced, resumed}, counts}: ServiceFacts): string {
  if (synced) return counts ? `serving ${counted(counts)}` : 'serving'
  return resumed ? 'serving the last good configuration' : 'starting, nothing is served yet'
}

function counted({services, listeners}: ServedCounts): string {
  return `${services} ${services === 1 ? 'Service' : 'Services'}, ${listeners} ${listeners === 1 ? 'listener' : 'listeners'}`
}
