/** One run of `lbex check`: prepare, read, find. */
import {resolve} from 'node:path'
import {annotatedIgnores} from '../annotated-ignores.js'
import {applyIgnores} from '../apply-ignores.js'
import {UNKNOWN_HOST_STATE} from '../../core/model/host-state.js'
import {systemClock} from '../../util/clock.js'
import {findInPools} from '../find-in-pools.js'
import {findProblems} from '../find-problems.js'
import {applyPolicy, isOff} from '../policy.js'
import type {CheckFlags} from '../../cli/flags/check.js'
import type {SelectionFlags} from '../../cli/flags/selection.js'
import type {ServingFlags} from '../../cli/flags/serving.js'
import {parseBool} from '../../cli/parse-bool.js'
import {UsageError} from '../../cli/usage-error.js'
import {sortDiagnostics, type Diagnostic, type TextEdit} from '../../diagnostics/diagnostic.js'
import {Failure} from '../../diagnostics/failure.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import type {TranslatorOptions} from '../../core/translate/translator.js'
import type {CheckResult} from '../formats/check-result.js'
import {quotableLines} from '../../sources/manifests/confidential-text.js'
import {readManifests, type ManifestReading} from '../../sources/manifests/read-manifests.js'
import {repositoryRoot} from '../../util/repository-root.js'
import {readContext} from './check-context.js'
import {outputsOf, type Outputs} from './check-output.js'
import {skippedRemarks} from './check-skipped.js'
import {realPathOf, uriFrom} from './check-paths.js'
import {readSettings, type CheckSettings} from './check-settings.js'
import {wantsColour} from '../../cli/run/colour.js'
import {refuseInputsAsTargets, refuseSharedTargets} from './check-targets.js'
import {assumedNginx} from '../../cli/run/host.js'
import {translatorOptions, refuseContradictions} from '../../cli/run/options.js'
import {packageVersion} from '../../cli/run/package.js'
import {withoutServiceName, refuseUnmatched, selectDiagnostics} from '../../cli/run/selected.js'

export type AllCheckFlags = CheckFlags & SelectionFlags & ServingFlags

/** Everything that is known before a manifest is read. */
export type CheckTask = {
  readonly flags: AllCheckFlags
  readonly paths: readonly string[]
  readonly cwd: string
  readonly settings: CheckSettings
  readonly options: TranslatorOptions
  readonly outputs: Outputs
  readonly context: ManifestReading | undefined
}

/** Rejects with a UsageError or a Failure. */
export async function prepare(flags: AllCheckFlags, paths: readonly string[]): Promise<CheckTask> {
  if (paths.length === 0) {
    throw new UsageError(
      'nothing to check',
      'give manifests: lbex check PATH (PATH may also be a folder, a glob pattern or -)',
    )
  }
  refuseContradictions(flags)
  const outputs = outputsOf(flags)
  refuseSharedTargets(outputs)
  const cwd = resolve('.')
  const host = {
    nginx: assumedNginx(flags),
    limits: {workers: 1, openFiles: 1024, ipv6: true, workersStayRoot: false},
  }
  return {
    flags,
    paths,
    cwd,
    settings: await readSettings(flags, cwd),
    options: {
      ...translatorOptions(flags, host),
      unprivileged: flags['unprivileged-nginx'],
      // The hosts that will serve may have names that only their own flags tell.
      ...(!flags['listen-address'] && {addressNames: 'unknown'}),
      ...(!flags['address-pool'] && {addressPools: 'unknown'}),
    },
    outputs,
    context: flags['context-file'] && (await readContext(flags['context-file'], flags)),
  }
}

/** Rejects with a UsageError if there is nothing to check, with a Failure if a file cannot be read. */
export async function read(
  {flags, paths, cwd, settings, outputs, context}: CheckTask,
  texts?: ReadonlyMap<string, string>,
): Promise<ManifestReading> {
  const allowEmpty = flags['allow-empty']
  const stdinName = flags['stdin-filename']
  // A --context-file in a folder that is read is not a manifest to check.
  const saved = new Set([...(context?.files.keys() ?? [])].map(realPathOf))
  const options = {
    accepts: (file: string) => settings.accepts(file) && (saved.size === 0 || !saved.has(realPathOf(file))),
    allowEmpty,
    ...(texts && {texts}),
    ...(stdinName !== undefined && {stdinName}),
    maxFileSize: flags['max-file-size'],
    followLinks: flags['follow-links'],
  }
  const reading = await readManifests(paths, options).catch((error: unknown) => {
    throw error instanceof Failure && NOTHING_FOUND.has(error.code)
      ? new UsageError(error.message, hintOnPaths(paths))
      : error
  })
  const contextFiles = context?.files.keys() ?? []
  const {baseline} = flags
  const named = [
    ...paths,
    ...(settings.file?.slice(0, 1) ?? []),
    ...(baseline ? [baseline] : []),
    ...contextFiles,
  ]
  refuseInputsAsTargets(outputs, {named, files: reading.files.values()})
  const isEmpty = reading.snapshot.services.length === 0 && reading.diagnostics.length === 0
  if (!isEmpty || allowEmpty) return reading
  throw new UsageError(
    `there is no Service in ${someOf([...reading.files.keys()]) || 'the input'}`,
    [...skippedRemarks(reading.nonManifests, cwd), NOTHING_HINT].join('\n'),
  )
}

/** At most three names, and the number of the others. */
function someOf(names: readonly string[]): string {
  const others = names.length - 3
  return names.slice(0, 3).join(', ') + (others > 0 ? ` and ${others} more` : '')
}

const NOTHING_FOUND = new Set(['path-not-found', 'no-manifests'])
const NOTHING_HINT = '--allow-empty allows this'

function hintOnPaths(paths: readonly string[]): string {
  const boolean = paths.find((path) => parseBool(path) !== undefined)
  if (boolean !== undefined)
    return `write the value of a boolean flag after an equals sign: --flag=${boolean}`
  const url = paths.find((path) => /^https?:/.test(path))
  return url === undefined ? NOTHING_HINT : `lbex does not read URLs: curl -sSf ${url} | lbex check -`
}

/** The findings to report, including those in the baseline. */
export function diagnosticsOf(reading: ManifestReading, task: CheckTask): Diagnostic[] {
  const {flags, options, settings, context} = task
  const {snapshot, diagnostics, locate, ignores} = reading
  const find = isForEveryPool(flags) ? findInPools : findProblems
  if (!flags['allow-empty']) refuseUnmatched(reading, flags)
  const host = {...UNKNOWN_HOST_STATE, now: systemClock.now()}
  const applied = withContextAddresses(snapshot, context?.snapshot)
  const found = find(applied, withoutServiceName(options), context?.snapshot.services, host)
  const located = locate([...diagnostics, ...(context ? context.locate(found) : found)])
  const all = [...ignores, ...annotatedIgnores(snapshot.services)]
  const {kept, unused} = applyIgnores(located, all, (code) => isOff(code, settings.policy))
  const shown = selectDiagnostics([...kept, ...locate(unused)], flags)
  return sortDiagnostics([...applyPolicy(shown, settings.policy), ...settings.diagnostics])
}

/** A Service that is applied again keeps its status, and with it the addresses that it has from a pool. */
function withContextAddresses(snapshot: ClusterSnapshot, context?: ClusterSnapshot): ClusterSnapshot {
  const {statusAddresses: applied = []} = context ?? {}
  const statusAddresses = new Map([...applied, ...(snapshot.statusAddresses ?? [])])
  return statusAddresses.size > 0 ? {...snapshot, statusAddresses} : snapshot
}

/** Without a flag about pools, the Services of all pools are checked. */
export function isForEveryPool(flags: AllCheckFlags): boolean {
  return flags['service-pool'] === undefined && !flags['strict-affinity'] && !flags['anti-affinity']
}

export function resultOf(
  diagnostics: readonly Diagnostic[],
  reading: ManifestReading,
  {cwd, settings, context}: CheckTask,
): CheckResult {
  const {failOn, maxWarnings} = settings
  return {
    diagnostics,
    edits: editsFor(diagnostics, reading),
    services: reading.snapshot.services.map(({ref, origin}) => ({ref, file: origin?.file ?? ''})),
    files: reading.files.size,
    failOn,
    ...(maxWarnings !== undefined && {maxWarnings}),
    lineOf: lineReader([reading.files, ...(context ? [context.files] : [])], settings),
    uriOf: uriFrom(repositoryRoot(cwd), cwd),
    version: packageVersion(),
    colour: wantsColour(),
  }
}

function editsFor(diagnostics: readonly Diagnostic[], {editFor}: ManifestReading): Map<Diagnostic, TextEdit> {
  const pairs = diagnostics.map((diagnostic) => [diagnostic, editFor(diagnostic)] as const)
  const possible = pairs.filter((pair): pair is [Diagnostic, TextEdit] => pair[1] !== undefined)
  const keys = possible.flatMap(([diagnostic]) => keyWantedBy(diagnostic) ?? [])
  const twice = new Set(keys.filter((key, index) => keys.indexOf(key) !== index))
  return new Map(possible.filter(([diagnostic]) => !twice.has(keyWantedBy(diagnostic) ?? '')))
}

/** The key that a fix would write, with its object: if two fixes would write the same key, neither is applied. */
function keyWantedBy({fix, origin, field}: Diagnostic): string | undefined {
  if (fix?.on !== 'key') return undefined
  return JSON.stringify([origin?.file, origin?.document, origin?.path, field?.slice(0, -1), fix.text])
}

function lineReader(
  readings: readonly ManifestReading['files'][],
  {file}: CheckSettings,
): CheckResult['lineOf'] {
  const known = new Map<string, readonly (string | undefined)[]>()
  const textOf = (name: string): string | undefined =>
    name === file?.[0] ? file[1] : readings.map((files) => files.get(name)?.text).find(Boolean)
  return (name, line) => {
    const lines = known.get(name) ?? quotableLines(textOf(name) ?? '')
    known.set(name, lines)
    return lines[line - 1]
  }
}
