/** The output of `lbex render`: the configuration as text or JSON, or the model. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import type {ListenerKey} from '../core/model/listener-key.js'
import type {LoadBalancer} from '../core/model/load-balancer.js'
import {diagnosticJson} from './diagnostics-json.js'
import {diagnosticsExitCode, diagnosticsText} from './diagnostics-text.js'
import type {CommandReport} from './report.js'

/** The parts of a configuration file that are printed. */
type RenderedFile = {
  readonly path: string
  readonly text: string
  readonly owners: readonly ObjectRef[]
  readonly listeners: readonly ListenerKey[]
}

export type RenderResult = {
  readonly loadBalancer: LoadBalancer
  readonly generation: {readonly id: string; readonly files: readonly RenderedFile[]}
  /** Sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
}

/** All files in one text, each after a line `### PATH`. */
export function renderText({generation, diagnostics}: RenderResult): CommandReport {
  const output = generation.files.map(({path, text}) => `### ${path}\n${text}`).join('\n')
  return withDiagnostics(output, diagnostics)
}

/**
 * One object: `{generation, files: [{path, text, owner, listeners}], diagnostics}`. The file of a shared listener has `owners`
 * instead of `owner`.
 */
export function renderJson({generation, diagnostics}: RenderResult): CommandReport {
  const value = {
    generation: generation.id,
    files: generation.files.map(({path, text, owners, listeners}) => ({
      ...{path, text},
      ...(owners.length > 1 ? {owners} : {owner: owners[0]}),
      listeners,
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
