/** `lbex explain`: why one Service is or is not served, among all others of a cluster or of manifests. */
import {hasName, selectionOf} from '../../core/intent/select.js'
import type {Service} from '../../core/cluster/objects.js'
import {UNKNOWN_HOST_STATE, type HostState} from '../../core/model/host-state.js'
import {createTranslator, type Translation, type TranslatorOptions} from '../../core/translate/translator.js'
import {createConfigWriter} from '../../dataplane/nginx/config/render.js'
import {sortDiagnostics, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {explainJson, explainText, type Explanation} from '../../report/explain-report.js'
import type {CommandReport} from '../../report/report.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import {accessNotices} from '../flags/access.js'
import type {ExplainFlags} from '../flags/explain.js'
import type {CoverageFlags} from '../flags/input.js'
import type {NginxFlags} from '../flags/nginx.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {ServingFlags} from '../flags/serving.js'
import {UsageError} from '../usage-error.js'
import {serviceName} from '../values.js'
import {renderHost, type RenderHost} from './host.js'
import {nginxDirectory} from './nginx-directory.js'
import {refuseContradictions, renderOptions, translatorOptions} from './options.js'
import {readTemplates} from './package.js'
import {readOnce} from './read-once.js'
import type {SourceFlags} from './source.js'
import {unmatchedNames} from './unmatched.js'
import {WarningLog} from './warning-log.js'

export type ExplainCommandFlags = SourceFlags &
  CoverageFlags &
  ExplainFlags &
  Omit<SelectionFlags, 'service-name'> &
  ServingFlags &
  NginxFlags

/** `words` is the Service: NAME or NAMESPACE/NAME. Rejects with a UsageError or a Failure. */
export async function explain(
  flags: ExplainCommandFlags,
  words: readonly string[],
  notices: readonly string[],
): Promise<CommandReport> {
  const name = nameIn(words)
  const selection = {...flags, 'service-name': undefined}
  refuseContradictions(selection)
  const host = await renderHost({...flags, validate: false, diff: undefined})
  const options = translatorOptions(selection, host)
  const log = new WarningLog()
  const reading = await readOnce(selection, log)
  const service = findService(reading, name)
  const {translate} = createTranslator(options)
  const wanted = translate(reading.snapshot, UNKNOWN_HOST_STATE)
  const state = flags.probe ? await probe(wanted, host, flags) : UNKNOWN_HOST_STATE
  const translation = state.unavailable.size === 0 ? wanted : translate(reading.snapshot, state)
  const explanation = explanationOf(service, translation, reading, options)
  const report = flags.json ? explainJson(explanation) : explainText(explanation)
  const warnings = [...notices, ...accessNotices(flags), ...log.warnings]
  return {...report, notes: warnings.map((warning) => `warning: ${warning}\n`).join('')}
}

function nameIn(words: readonly string[]): string {
  const [name, ...others] = words
  if (name === undefined || others.length > 0)
    throw new UsageError(
      `name one Service, this command line names ${words.length}`,
      'for example: lbex explain NAMESPACE/NAME',
    )
  return serviceName(name)
}

/** Throws a UsageError if no Service has the name, or if Services of several namespaces have it. */
function findService({snapshot}: SnapshotReading, name: string): Service {
  const found = snapshot.services.filter(({ref}) => hasName(ref, name))
  const [service, ...others] = found
  if (!service) throw new UsageError(unmatchedNames(snapshot, {'service-name': name}).join())
  if (others.length === 0) return service
  const names = found.map(({ref}) => `${ref.namespace}/${ref.name}`).sort()
  throw new UsageError(`${names.length} Services are called ${name}`, `name one of them: ${names.join(', ')}`)
}

async function probe({loadBalancer}: Translation, host: RenderHost, flags: NginxFlags): Promise<HostState> {
  const writer = createConfigWriter(renderOptions(flags, host, await readTemplates()))
  const {probeHost} = await import('./probe-host.js')
  return probeHost(writer.write(loadBalancer).files, nginxDirectory(flags['nginx-dir']))
}

function explanationOf(
  service: Service,
  {services, diagnostics}: Translation,
  reading: SnapshotReading,
  options: TranslatorOptions,
): Explanation {
  const isOfService = ({object}: Diagnostic): boolean =>
    object.kind === 'Service' &&
    object.namespace === service.ref.namespace &&
    object.name === service.ref.name
  const translated = services.find(({intent}) => intent.service === service)
  const found = [...reading.diagnostics, ...diagnostics].filter(isOfService)
  return {
    ...{service, options},
    selection: selectionOf(service, options, () => {}),
    ...(translated && {translated}),
    diagnostics: sortDiagnostics(reading.locate(found)),
  }
}
