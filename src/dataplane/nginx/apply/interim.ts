/** The generation between two others when a port moves between an address and the wildcard: NGINX cannot do that in one reload. */
import type {NginxFile} from '../../nginx-file.js'
import {assembleGeneration, type Generation} from '../config/generation.js'
import {portId, type ListenerKey} from '../../../core/model/listener-key.js'
import {planChanges} from '../store/change-set.js'
import {movedPorts, onPortsOf} from './listeners.js'
import {EMPTY_INDEX, listenersOf, type GenerationIndex} from '../store/generation-index.js'

export type Move = {
  /** The files of `wanted`. */
  readonly files: readonly NginxFile[]
  /** The generation whose listeners NGINX holds; undefined if that is not known. */
  readonly owned: GenerationIndex | undefined
}

/** `wanted` without the Services whose ports move; undefined if one reload is enough. */
export function interimBefore(
  wanted: GenerationIndex,
  {files, owned = EMPTY_INDEX}: Move,
): Generation | undefined {
  const {add, remove} = planChanges(owned, wanted)
  const changed = [...add, ...remove].flatMap(({listeners}) => listeners)
  const inQuestion = (index: GenerationIndex): ListenerKey[] => onPortsOf(changed, listenersOf(index))
  const moved = movedPorts(inQuestion(owned), inQuestion(wanted))
  if (moved.size === 0) return undefined
  const staying = files.filter(({listeners}) => !listeners.some((listener) => moved.has(portId(listener))))
  return assembleGeneration(staying)
}
