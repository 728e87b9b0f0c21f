/** `lbex diff`: what would change in the configuration that NGINX serves. */
import type {CommandReport} from '../../report/report.js'
import type {OutputFlags} from '../flags/output.js'
import {render, type RenderFlags} from './render.js'

export type DiffFlags = Omit<RenderFlags, keyof OutputFlags>

/** Exit code 0 without a difference, 1 with one. Rejects with a UsageError or a Failure. */
export function diff(flags: DiffFlags, notices: readonly string[]): Promise<CommandReport> {
  return render({...flags, ...LIVE}, notices)
}

const LIVE: OutputFlags = {
  ...{diff: 'live', 'exit-code': true, json: false, model: false, validate: false},
  ...{'output-dir': undefined, 'snapshot-out': undefined, 'target-nginx': undefined},
}
