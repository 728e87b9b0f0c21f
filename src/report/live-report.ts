/** Which Services can change their servers without a reload of NGINX, as `lbex render` reports it. */
import type {ObjectRef} from '../diagnostics/diagnostic.js'
import {listenerId, type ListenerKey} from '../core/model/listener-key.js'

/** The part of a configuration file that this report uses. */
export type LiveFile = {
  readonly owners: readonly ObjectRef[]
  readonly listeners: readonly ListenerKey[]
  /** Absent if every change is a reload. */
  readonly live?: readonly {readonly key: ListenerKey; readonly replaceable: boolean}[] | undefined
}

/** The listeners of a file whose servers can change without a reload; undefined if every change is a reload. */
export function liveListenersOf({listeners, live}: LiveFile): readonly ListenerKey[] | undefined {
  if (!live) return undefined
  const ids = new Set(live.filter(({replaceable}) => replaceable).map(({key}) => listenerId(key)))
  return listeners.filter((key) => ids.has(listenerId(key)))
}

/** Maximum number of Services in a line. */
const MOST_NAMED = 20

/** Lines for stderr; none if every change is a reload. */
export function liveRemarks(files: readonly LiveFile[]): string[] {
  const withServers = files.filter(({owners, live}) => owners.length > 0 && live !== undefined)
  if (withServers.length === 0) return []
  const waiting = new Set(withServers.filter((file) => !isLive(file)).flatMap(namesOf))
  const all = new Set(withServers.flatMap(namesOf))
  const live = [...all].filter((name) => !waiting.has(name))
  return [
    ...line('servers can change without a reload of NGINX', live),
    ...line('a change of servers is a reload of NGINX', [...waiting]),
  ]
}

/** A Service that can change only some of its listeners counts as one that needs a reload. */
function isLive(file: LiveFile): boolean {
  return liveListenersOf(file)?.length === file.listeners.length
}

function namesOf({owners}: LiveFile): string[] {
  return owners.map(({namespace = '', name}) => `${namespace}/${name}`)
}

function line(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const others = names.length - MOST_NAMED
  const named = [...names].sort().slice(0, MOST_NAMED).join(', ')
  return [`${what}: ${named}${others > 0 ? ` and ${others} more` : ''}`]
}
