/** The output of `lbex render`: the configuration as text or JSON, or the model. */
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import type {LoadBalancer} from '../core/model/load-balancer.js'
import {diagnosticJson} from './diagnostics-json.js'
import {diagnosticsExitCode, diagnosticsText} from './diagnostics-text.js'
import {liveListenersOf, liveRemarks, type LiveFile} from './live-report.js'
import type {CommandReport} from './report.js'

/** The parts of a configuration file that are printed. */
type RenderedFile = LiveFile & {readonly path: string; readonly text: string}

export type RenderResult = {
  readonly loadBalancer: LoadBalancer
  readonly generation: {readonly id: string; readonly files: readonly RenderedFile[]}
  /** Sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
}

/** All files in one text, each after a line `### PATH`; on stderr also which Services can change without a reload. */
export function renderText({generation, diagnostics}: RenderResult): CommandReport {
  const output = generation.files.map(({path, text}) => `### ${path}\n${text}`).join('\n')
  return withDiagnostics(output, diagnostics, liveRemarks(generation.files))
}

/**
 * One object: `{generation, files: [{path, text, owner, listeners}], diagnostics}`. The file of a shared listener has `owners`
 * instead of `owner`. `live`, if NGINX can change servers without a reload: the listeners of the file for which it can.
 */
export function renderJson({generation, diagnostics}: RenderResult): CommandReport {
  const value = {
    generation: generation.id,
    files: generation.files.map((file) => ({
      ...{path: file.path, text: file.text},
      ...(file.owners.length > 1 ? {owners: file.owners} : {owner: file.owners[0]}),
      ...{listeners: file.listeners, live: liveListenersOf(file)},
    })),
    diagnostics: diagnostics.map(diagnosticJson),
  }
  return {output: json(value), notes: '', exitCode: diagnosticsExitCode(diagnostics), medium: 'json'}
}

/** The LoadBalancer as JSON. */
export function modelJson({loadBalancer, diagnostics}: RenderResult): CommandReport {
  return {...withDiagnostics(json(loadBalancer), diagnostics), medium: 'json'}
}

/** `output` on stdout, the diagnostics and then `remarks`, a line each, on stderr. */
export function withDiagnostics(
  output: string,
  diagnostics: readonly Diagnostic[],
  remarks: readonly string[] = [],
): CommandReport {
  const notes = diagnosticsText(diagnostics) + remarks.map((remark) => `${remark}\n`).join('')
  return {output, notes, exitCode: diagnosticsExitCode(diagnostics)}
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
