/**
 * The name under which the API server notes which lbex wrote a status: the same for all hosts of a group, and for no other group
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers).
 */
import {MANAGER_PREFIX as PREFIX} from '../core/cluster/written-state.js'
import {groupLabel} from './host-record.js'

/** At most 68 characters; the API server accepts 128. */
export function fieldManagerOf(group: string): string {
  return `${PREFIX}${groupLabel(group)}`
}

/** The label of the group; undefined for a name that is not of lbex. */
export function groupOfManager(manager: string): string | undefined {
  return manager.startsWith(PREFIX) ? manager.slice(PREFIX.length) : undefined
}
