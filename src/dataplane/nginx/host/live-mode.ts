/** Decides whether servers change without a reload. */
import {Failure} from '../../../diagnostics/failure.js'
import type {NginxCapabilities} from '../../nginx-capabilities.js'

/** `auto`: if NGINX can, with little CPU time (QuickJS); `on`: it must; `off`: every change is a reload. */
export type LiveMode = 'auto' | 'on' | 'off'

/** Throws the Failure `live-updates-unavailable` if NGINX must and cannot. */
export function usesLiveUpdates(
  mode: LiveMode,
  {liveUpdates, njs}: Pick<NginxCapabilities, 'liveUpdates' | 'njs'>,
): boolean {
  if (mode === 'off') return false
  if (mode === 'auto') return njs?.engine === 'qjs'
  if (liveUpdates) return true
  throw new Failure('--live-updates on needs njs with shared dictionaries, which this NGINX does not have', {
    code: 'live-updates-unavailable',
    hint: 'lbex doctor says what is missing and which package has it; --live-updates auto does without',
  })
}
