/** `lbex explain`: why one Service is or is not served, among all others of a running lbex, a cluster or manifests. */
import {Failure} from '../../diagnostics/failure.js'
import {explained, type Explained} from '../../report/explained.js'
import {explainJson, explainText} from '../../report/explain-report.js'
import type {CommandReport} from '../../report/report.js'
import type {ExplainFlags} from '../flags/explain.js'
import {UsageError} from '../usage-error.js'
import {serviceName} from '../values.js'
import {askExplained, NOT_RUNNING} from './ask-lbex.js'
import {explanationOf, findService} from './explanation.js'
import {nginxDirectory} from './nginx-directory.js'
import {translateOnce, type TranslateOnceFlags} from './translate-once.js'

export type ExplainCommandFlags = TranslateOnceFlags & ExplainFlags

/**
 * `words` is the Service: NAME or NAMESPACE/NAME. `asks`: no source is named on the command line, so the lbex that serves from
 * --nginx-dir is asked first. Rejects with a UsageError or a Failure.
 */
export async function explain(
  flags: ExplainCommandFlags,
  words: readonly string[],
  notices: readonly string[],
  {asks}: {readonly asks: boolean},
): Promise<CommandReport> {
  const name = nameIn(words, flags.namespace)
  const {value, remarks} =
    (asks && (await askRunning(flags, name))) || (await explainInstead(flags, name, asks))
  const report = flags.json ? explainJson(value) : explainText(value)
  const lines = [...notices.map((notice) => `warning: ${notice}`), ...remarks]
  return {...report, notes: lines.map((line) => `${line}\n`).join('')}
}

type Answer = {readonly value: Explained; readonly remarks: readonly string[]}

/** Qualified with the namespace, if there is one. */
function nameIn(words: readonly string[], [namespace, ...more]: readonly string[] = []): string {
  const [name, ...others] = words
  if (name === undefined || others.length > 0)
    throw new UsageError(
      `name one Service, this command line names ${words.length}`,
      'for example: lbex explain NAMESPACE/NAME',
    )
  const valid = serviceName(name)
  return valid.includes('/') || namespace === undefined || more.length > 0 ? valid : `${namespace}/${valid}`
}

/** Undefined if no lbex serves from the folder. */
async function askRunning(flags: ExplainCommandFlags, name: string): Promise<Answer | undefined> {
  try {
    return {value: await askExplained(nginxDirectory(flags['nginx-dir']), name), remarks: []}
  } catch (error) {
    if (error instanceof Failure && error.code === NOT_RUNNING) return undefined
    throw error
  }
}

/** If no lbex runs and the source cannot be read either, the author may have meant the lbex: the Failure names both. */
async function explainInstead(flags: ExplainCommandFlags, name: string, asked: boolean): Promise<Answer> {
  try {
    return await explainOnce(flags, name, asked)
  } catch (error) {
    if (!asked || !(error instanceof Failure)) throw error
    const {code, hint, cause} = error
    const start = 'start lbex run, or name its folder with --nginx-dir'
    throw new Failure(`${notRunning(flags)}, and without one: ${error.message}`, {
      ...{code, cause},
      hint: hint === undefined ? start : `${start}; or ${hint}`,
    })
  }
}

function notRunning(flags: ExplainCommandFlags): string {
  return `no lbex run serves from ${nginxDirectory(flags['nginx-dir'])}`
}

async function explainOnce(flags: ExplainCommandFlags, name: string, asked: boolean): Promise<Answer> {
  const {snapshot, services, diagnostics, options, remarks} = await translateOnce(flags)
  const service = findService(snapshot, name)
  if ('problem' in service) throw new UsageError(service.problem, service.hint)
  const value = explained(explanationOf(service, services, diagnostics, options))
  const missing = `warning: ${notRunning(flags)}: this is what it would serve`
  return {value, remarks: [...(asked ? [missing] : []), ...remarks]}
}
