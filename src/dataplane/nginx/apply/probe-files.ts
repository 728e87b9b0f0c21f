/** Probes the listeners of configuration files before NGINX is asked to serve them. */
import type {NginxFile} from '../../nginx-file.js'
import {listenerId, type ListenerKey} from '../../../core/model/listener-key.js'
import type {Clock} from '../../../util/clock.js'
import {listenersOf, pathsOf, type GenerationIndex} from '../store/generation-index.js'
import type {UnavailableListener} from '../../data-plane.js'
import {notOwned, probeAddresses, probeListeners} from './probe.js'
import {until} from '../process/until.js'

/** How long the kernel may take to release the ports of an NGINX that just ended, milliseconds. */
const RELEASE = 500

/** Listeners that NGINX, which holds those of `owned`, could not bind or keep. */
export async function probeFiles(
  files: readonly NginxFile[],
  owned: GenerationIndex | undefined,
): Promise<UnavailableListener[]> {
  const missing = await probeAddresses(files.flatMap(({listeners}) => listeners))
  // If it is not known what NGINX holds, a probe cannot distinguish its ports from those of other programs: NGINX finds out itself.
  if (owned === undefined) return missing
  const fresh = files.filter(({path}) => !pathsOf(owned).has(path)).flatMap(({listeners}) => listeners)
  const candidates = notOwned(without(fresh, missing), listenersOf(owned))
  return [...missing, ...(await probeListeners(candidates))]
}

/** Listeners that an NGINX which is about to be started could not bind. */
export async function probePatiently(
  files: readonly NginxFile[],
  clock: Clock,
  signal: AbortSignal,
): Promise<UnavailableListener[]> {
  const keys = files.flatMap(({listeners}) => listeners)
  const missing = await probeAddresses(keys)
  let unavailable = await probeListeners(notOwned(without(keys, missing), []))
  const areFree = async (): Promise<boolean> => {
    if (unavailable.length > 0) unavailable = await probeListeners(unavailable.map(({key}) => key))
    return unavailable.length === 0
  }
  if (unavailable.length > 0) await until(areFree, {clock, limit: RELEASE, every: 5, signal})
  return [...missing, ...unavailable]
}

function without(
  keys: readonly ListenerKey[],
  unavailable: readonly UnavailableListener[],
): readonly ListenerKey[] {
  if (unavailable.length === 0) return keys
  const ids = new Set(unavailable.map(({key}) => listenerId(key)))
  return keys.filter((key) => !ids.has(listenerId(key)))
}
