/** Decides whether servers change without a reload. */
import {Failure} from '../../../diagnostics/failure.js'
import type {NginxCapabilities} from '../../nginx-capabilities.js'

/** `auto`: if NGINX can; `on`: it must; `off`: every change is a reload. */
export type LiveMode = 'auto' | 'on' | 'off'

/** Throws the Failure `live-updates-unavailable` if NGINX must and cannot. */
export function usesLiveUpdates(
  mode: LiveMode,
  {liveUpdates}: Pick<NginxCapabilities, 'liveUpdates'>,
): boolean {
  if (mode === 'off' || liveUpdates) return mode !== 'off'
  if (mode === 'auto') return false
  throw new Failure('--live-updates on needs njs with shared dictionaries, which this NGINX does not have', {
    code: 'live-updates-unavailable',
    hint: 'lbex doctor says what is missing and which package has it; --live-updates auto does without',
  })
}
