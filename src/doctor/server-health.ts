/** The servers that fail their active health checks: only the lbex that serves on this host knows them. */
import {askState, NOT_RUNNING} from '../cli/run/ask-lbex.js'
import type {LbexState} from '../core/state/lbex-state.js'
import {Failure} from '../diagnostics/failure.js'
import {Check, type Finding} from '../diagnostics/finding.js'

/** The rest is counted, because thousands of servers may fail. */
const MOST_LISTED = 20

const FIX =
  'find out why the backend fails, or correct the health-check annotations of the Service; lbex status shows all backends'

const check = new Check('backend-health')

/**
 * Asks the lbex that serves from `directory`. Returns nothing if no server is checked. Warnings only: lbex sends new connections to
 * the other servers.
 */
export async function checkServerHealth(directory: string): Promise<Finding[]> {
  try {
    return findingsIn(await askState(directory))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const {code, message, hint = ''} = error
    return code === NOT_RUNNING ? [] : [check.warning(message, hint)]
  }
}

function findingsIn({services}: Pick<LbexState, 'services'>): Finding[] {
  const checked = new Set<string>()
  const failing = new Map<string, string>()
  for (const {namespace, name, listeners} of services) {
    for (const {servers} of listeners.filter((listener) => listener.check !== undefined)) {
      for (const {address, healthy, problem = 'no reason is known'} of servers) {
        const server = `Service ${namespace}/${name}: ${address}`
        checked.add(server)
        if (!healthy) failing.set(server, `${server} fails its health check: ${problem}`)
      }
    }
  }
  if (checked.size === 0) return []
  if (failing.size === 0) return [check.ok(passing(checked.size))]
  const messages = [...failing.values()]
  const rest = messages.length - MOST_LISTED
  const listed = messages.slice(0, MOST_LISTED).map((message) => check.warning(message, FIX))
  return rest > 0 ? [...listed, check.warning(more(rest), 'run lbex status to list them')] : listed
}

function passing(count: number): string {
  return count === 1 ? '1 backend passes its health check' : `${count} backends pass their health checks`
}

function more(count: number): string {
  return count === 1
    ? '1 more backend fails its health check'
    : `${count} more backends fail their health checks`
}
