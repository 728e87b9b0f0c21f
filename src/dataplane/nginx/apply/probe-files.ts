/** Probes the listeners of configuration files before NGINX is asked to serve them. */
import type {ConfigFile} from '../../config-file.js'
import {listenerId, type ListenerKey} from '../../../core/model/listener-key.js'
import type {Clock} from '../../../util/clock.js'
import {listenersOf, pathsOf, type Manifest} from '../store/manifest.js'
import type {HeldListener} from '../../data-plane.js'
import {notHeld, probeAddresses, probeListeners} from './probe.js'
import {until} from '../process/until.js'

/** How long the kernel may take to release the ports of an NGINX that has just ended, milliseconds. */
const RELEASE = 500

/** Listeners that NGINX, which holds those of `held`, could not get or keep. */
export async function probeFiles(
  files: readonly ConfigFile[],
  held: Manifest | undefined,
): Promise<HeldListener[]> {
  const missing = await probeAddresses(files.flatMap(({listeners}) => listeners))
  // If it is not known what NGINX holds, its own ports would look taken: then NGINX finds out what really is.
  if (held === undefined) return missing
  const fresh = files.filter(({path}) => !pathsOf(held).has(path)).flatMap(({listeners}) => listeners)
  const trials = notHeld(without(fresh, missing), listenersOf(held))
  return [...missing, ...(await probeListeners(trials))]
}

/** Listeners that an NGINX which is about to be started could not get. */
export async function probePatiently(
  files: readonly ConfigFile[],
  clock: Clock,
  signal: AbortSignal,
): Promise<HeldListener[]> {
  const keys = files.flatMap(({listeners}) => listeners)
  const missing = await probeAddresses(keys)
  let held = await probeListeners(notHeld(without(keys, missing), []))
  const areFree = async (): Promise<boolean> => {
    if (held.length > 0) held = await probeListeners(held.map(({key}) => key))
    return held.length === 0
  }
  if (held.length > 0) await until(areFree, {clock, limit: RELEASE, every: 50, signal})
  return [...missing, ...held]
}

function without(keys: readonly ListenerKey[], held: readonly HeldListener[]): readonly ListenerKey[] {
  if (held.length === 0) return keys
  const ids = new Set(held.map(({key}) => listenerId(key)))
  return keys.filter((key) => !ids.has(listenerId(key)))
}
