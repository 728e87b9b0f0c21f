/** The step between two generations where a port moves between an address and the wildcard: NGINX cannot do it in one. */
import type {ConfigFile} from '../../config-file.js'
import {assembleGeneration, type Generation} from '../config/generation.js'
import type {ListenerKey} from '../../../core/model/listener-key.js'
import {planChanges} from '../store/change-set.js'
import {movedPorts, onPortsOf, portId} from './listeners.js'
import {EMPTY, listenersOf, type Manifest} from '../store/manifest.js'

export type Move = {
  /** Those that `wanted` was made of. */
  readonly files: readonly ConfigFile[]
  /** What has the listeners that NGINX holds; undefined where that is not known. */
  readonly owned: Manifest | undefined
}

/** `wanted` without the Services whose ports move; undefined where one reload will do. */
export function interimBefore(wanted: Manifest, {files, owned = EMPTY}: Move): Generation | undefined {
  const {add, remove} = planChanges(owned, wanted)
  const changed = [...add, ...remove].flatMap(({listeners}) => listeners)
  const inQuestion = (manifest: Manifest): ListenerKey[] => onPortsOf(changed, listenersOf(manifest))
  const moved = movedPorts(inQuestion(owned), inQuestion(wanted))
  if (moved.size === 0) return undefined
  const staying = files.filter(({listeners}) => !listeners.some((listener) => moved.has(portId(listener))))
  return assembleGeneration(staying)
}
