/** `lbex render`: reads a cluster or manifests, translates them, and prints or writes the configuration. */
import {accessNotices} from '../flags/access.js'
import type {CoverageFlags} from '../flags/input.js'
import type {NginxFlags} from '../flags/nginx.js'
import type {OutputFlags} from '../flags/output.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {ServingFlags} from '../flags/serving.js'
import type {TrafficFlags} from '../flags/traffic.js'
import {assembleGeneration, type Generation} from '../../dataplane/nginx/config/generation.js'
import {sortDiagnostics} from '../../diagnostics/diagnostic.js'
import {UNKNOWN_HOST_STATE, type HostState} from '../../core/model/host-state.js'
import {createTranslator, type Translation} from '../../core/translate/translator.js'
import {createConfigWriter} from '../../dataplane/nginx/config/render.js'
import type {RenderOptions} from '../../dataplane/nginx/config/render-options.js'
import {
  modelJson,
  renderJson,
  renderText,
  withDiagnostics,
  type RenderResult,
} from '../../report/render-report.js'
import type {CommandReport} from '../../report/report.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import {UsageError} from '../usage-error.js'
import {wantsColour} from './colour.js'
import {renderHost, type RenderHost} from './host.js'
import {refuseContradictions, renderOptions, translatorOptions} from './options.js'
import {readTemplates} from './package.js'
import {readOnce} from './read-once.js'
import {withoutServiceName, refuseUnmatched, selectDiagnostics, selectServices} from './selected.js'
import {readsKubeconfigOfKubectl, type SourceFlags} from './source.js'
import {unmatchedNames} from './unmatched.js'
import {systemClock} from '../../util/clock.js'
import {WarningLog} from './warning-log.js'

/** With complete files, which can be tested and probed. */
type Rendered = RenderResult & {readonly generation: Generation}

export type RenderFlags = SourceFlags &
  CoverageFlags &
  OutputFlags &
  SelectionFlags &
  ServingFlags &
  NginxFlags &
  TrafficFlags

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError or a Failure. */
export async function render(flags: RenderFlags, notices: readonly string[]): Promise<CommandReport> {
  refuseContradictions(flags)
  if (flags['exit-code'] && flags.diff === undefined)
    throw new UsageError('--exit-code has no effect without --diff', 'add --diff DIR or --diff live')
  const host = await renderHost(flags)
  const options = renderOptions(flags, host, await readTemplates())
  const log = new WarningLog()
  const reading = await readOnce({...flags, 'service-name': undefined}, log)
  const saved = await saveSnapshot(reading, flags)
  refuseUnmatched(reading, flags)
  const {translate} = createTranslator(withoutServiceName(translatorOptions(flags, host)))
  const resultOn = (state: HostState, directory = host.directory): Rendered =>
    resultOf(reading, translate(reading.snapshot, state), {...options, directory}, flags)
  const wanted = resultOn({...UNKNOWN_HOST_STATE, now: systemClock.now()})
  const state = await hostState(flags, wanted, host)
  const result = state.unavailable.size === 0 ? wanted : resultOn(state)
  const {diagnostics, remarks} = flags.validate
    ? await validateResult(result, reading, (directory) => resultOn(state, directory), host)
    : {...result, remarks: []}
  const report = await show({...result, diagnostics}, flags, host.directory)
  const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('')
  const unmatched = unmatchedNames(reading.snapshot, flags)
  const warnings = [
    ...notices,
    ...accessNotices(flags, readsKubeconfigOfKubectl(flags)),
    ...log.warnings,
    ...unmatched,
  ]
  const warned = warnings.map((notice) => `warning: ${notice}`)
  return {...report, notes: lines([...log.notes, ...warned]) + report.notes + lines([...remarks, ...saved])}
}

/** Returns a sentence for stderr if a snapshot was written. */
async function saveSnapshot({snapshot}: SnapshotReading, flags: OutputFlags): Promise<string[]> {
  const path = flags['snapshot-out']
  if (path === undefined) return []
  const {writeSnapshot} = await import('./write-snapshot.js')
  await writeSnapshot(path, snapshot)
  return [`wrote the snapshot to ${path}`]
}

/** Without --validate and --diff live nothing is probed: the result must not depend on the host that renders. */
async function hostState(
  flags: OutputFlags,
  {generation}: Rendered,
  {directory}: RenderHost,
): Promise<HostState> {
  if (!flags.validate && flags.diff !== 'live') return UNKNOWN_HOST_STATE
  const {probeHost} = await import('./probe-host.js')
  return probeHost(generation.files, directory)
}

function resultOf(
  {diagnostics, locate}: SnapshotReading,
  translation: Translation,
  options: RenderOptions,
  flags: SelectionFlags,
): Rendered {
  const loadBalancer = selectServices(translation.loadBalancer, flags)
  const rendering = createConfigWriter(options).write(loadBalancer)
  const found = [...diagnostics, ...translation.diagnostics, ...rendering.diagnostics]
  return {
    loadBalancer,
    generation: assembleGeneration(rendering.files),
    diagnostics: sortDiagnostics(locate(selectDiagnostics(found, flags))),
  }
}

type Validation = Pick<RenderResult, 'diagnostics'> & {readonly remarks: readonly string[]}

async function validateResult(
  {diagnostics}: RenderResult,
  reading: SnapshotReading,
  resultFor: (directory: string) => Rendered,
  {binary = 'nginx', nginx}: RenderHost,
): Promise<Validation> {
  const {validate} = await import('./validate.js')
  const refused = await validate(binary, resultFor)
  if (refused)
    return {diagnostics: sortDiagnostics([...diagnostics, ...reading.locate([refused])]), remarks: []}
  return {diagnostics, remarks: [`NGINX ${nginx.version.join('.')} accepts the configuration`]}
}

async function show(result: RenderResult, flags: RenderFlags, directory: string): Promise<CommandReport> {
  if (flags['output-dir'] !== undefined) return writeTree(result, flags['output-dir'])
  if (flags.diff !== undefined) return showDifference(result, flags, directory)
  if (flags.model) return modelJson(result)
  return flags.json ? renderJson(result) : renderText(result)
}

async function writeTree({generation, diagnostics}: RenderResult, folder: string): Promise<CommandReport> {
  const {writeOutputFolder} = await import('./output-folder.js')
  await writeOutputFolder(folder, generation.files)
  return withDiagnostics('', diagnostics, [`wrote ${generation.files.length} files to ${folder}`])
}

async function showDifference(
  result: RenderResult,
  {diff = 'live', 'exit-code': tells}: RenderFlags,
  directory: string,
): Promise<CommandReport> {
  const {compare} = await import('./compare.js')
  const report = await compare(result, diff, directory, wantsColour())
  return tells ? {...report, exitCode: report.output === '' ? SAME : DIFFERENT} : report
}

/** The exit codes of kubectl diff; that of an error is larger. */
const SAME = 0
const DIFFERENT = 1
