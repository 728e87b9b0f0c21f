/** Reads a cluster or files once and translates all Services, for commands that show what an lbex would serve. */
import {UNKNOWN_HOST_STATE, type HostState} from '../../core/model/host-state.js'
import {createTranslator, type Translation, type TranslatorOptions} from '../../core/translate/translator.js'
import {createConfigWriter} from '../../dataplane/nginx/config/render.js'
import {sortDiagnostics, type Diagnostic} from '../../diagnostics/diagnostic.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import {systemClock} from '../../util/clock.js'
import {accessNotices} from '../flags/access.js'
import type {CoverageFlags} from '../flags/input.js'
import type {NginxFlags} from '../flags/nginx.js'
import type {OutputFlags} from '../flags/output.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {ServingFlags} from '../flags/serving.js'
import {renderHost, type RenderHost} from './host.js'
import {nginxDirectory} from './nginx-directory.js'
import {refuseContradictions, renderOptions, translatorOptions} from './options.js'
import {readTemplates} from './package.js'
import {readOnce} from './read-once.js'
import {readsKubeconfigOfKubectl, type SourceFlags} from './source.js'
import {WarningLog} from './warning-log.js'

export type TranslateOnceFlags = SourceFlags &
  CoverageFlags &
  Omit<SelectionFlags, 'service-name'> &
  ServingFlags &
  NginxFlags &
  Pick<OutputFlags, 'target-nginx'> & {readonly probe: boolean}

export type TranslatedOnce = {
  readonly snapshot: SnapshotReading['snapshot']
  readonly services: Translation['services']
  /** Sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
  readonly options: TranslatorOptions
  /** Lines for stderr: what is read, and warnings. */
  readonly remarks: readonly string[]
}

/** With `probe` also finds out which listeners this host cannot have. Rejects with a UsageError or a Failure. */
export async function translateOnce(given: TranslateOnceFlags): Promise<TranslatedOnce> {
  const flags = {...given, 'service-name': undefined}
  refuseContradictions(flags)
  const host = await renderHost({...flags, validate: false, diff: undefined})
  const options = translatorOptions(flags, host)
  const log = new WarningLog()
  const reading = await readOnce(flags, log)
  const {translate} = createTranslator(options)
  const unprobed = {...UNKNOWN_HOST_STATE, now: systemClock.now()}
  const wanted = translate(reading.snapshot, unprobed)
  const state = flags.probe ? await probe(wanted, host, flags) : unprobed
  const {services, diagnostics} = state.unavailable.size === 0 ? wanted : translate(reading.snapshot, state)
  const warnings = [...accessNotices(flags, readsKubeconfigOfKubectl(flags)), ...log.warnings]
  return {
    ...{snapshot: reading.snapshot, services, options},
    diagnostics: sortDiagnostics(reading.locate([...reading.diagnostics, ...diagnostics])),
    remarks: [...log.notes, ...warnings.map((warning) => `warning: ${warning}`)],
  }
}

async function probe({loadBalancer}: Translation, host: RenderHost, flags: NginxFlags): Promise<HostState> {
  const writer = createConfigWriter(renderOptions(flags, host, await readTemplates()))
  const {probeHost} = await import('./probe-host.js')
  return probeHost(writer.write(loadBalancer).files, nginxDirectory(flags['nginx-dir']))
}
