/** The output of `lbex explain`: why one Service is or is not served, as a few lines or as JSON. */
import type {ServicePort} from '../core/cluster/objects.js'
import {describeObject} from '../diagnostics/diagnostic.js'
import {diagnosticsText} from './diagnostics-text.js'
import type {Explained, ExplainedListener, ExplainedPort} from './explained.js'
import {listFirst, type Row} from './explain-facts.js'
import {foldRanges} from './fold-ranges.js'
import {EXIT, type CommandReport} from './report.js'

/** Exit code 0 if lbex serves every exposed port on all of its listeners, else 1. */
export function explainText(explained: Explained): CommandReport {
  const {service, translated, facts, ports, diagnostics} = explained
  const lines = [...lbexRow(explained), ...facts, ...(translated ? ports.flatMap(portRows) : [])]
  const width = Math.max(...lines.map(([label]) => label.length))
  const body = lines.map(([label, text]) => `  ${label.padEnd(width)}  ${text}\n`).join('')
  const found = diagnosticsText(diagnostics)
  const output = `${describeObject(service)}: ${summaryOf(explained)}\n${body}${found && `\n${found}`}`
  return {output, notes: '', exitCode: exitCodeOf(explained)}
}

/** One object: `{service, selection, ports, diagnostics}`, and `lbex` if a running one was asked. */
export function explainJson(explained: Explained): CommandReport {
  const {service, selection, ports, diagnostics, lbex} = explained
  const value = {service, selection, ports, diagnostics, ...(lbex && {lbex})}
  return {
    output: `${JSON.stringify(value, undefined, 2)}\n`,
    notes: '',
    exitCode: exitCodeOf(explained),
    medium: 'json',
  }
}

function lbexRow({lbex}: Explained): Row[] {
  return lbex
    ? [['asked', `lbex ${lbex.version} (process ${lbex.pid}), running since ${lbex.startedAt}`]]
    : []
}

function isServed({exposed, listeners}: ExplainedPort): boolean {
  return exposed && listeners.length > 0 && listeners.every(({state}) => state === 'served')
}

function exitCodeOf({diagnostics, ports}: Explained): number {
  const exposed = ports.filter(({exposed}) => exposed)
  const isComplete = exposed.length > 0 && exposed.every(isServed)
  const hasErrors = diagnostics.some(({severity}) => severity === 'error')
  return isComplete && !hasErrors ? EXIT.fine : EXIT.diagnostics
}

function summaryOf({translated, ports}: Explained): string {
  if (!translated) return 'not served'
  const served = ports.filter(isServed).length
  return served === 0 ? 'not served' : `${served} of ${count(ports.length, 'port')} served`
}

function portRows({exposed, listeners, ...port}: ExplainedPort): Row[] {
  const label = portLabel(port)
  if (!exposed) return [[label, 'not exposed: nothing sets its listen port']]
  if (listeners.length === 0) return [[label, 'not served: see below']]
  const folded = foldRanges(listeners, ({state, hosts, weight, skipped, since}) =>
    JSON.stringify([state, hosts, weight, skipped, since]),
  )
  return folded.map((listener, index) => [index === 0 ? label : '', listenerText(listener)] as const)
}

function portLabel({name, port, protocol}: Pick<ServicePort, 'name' | 'port' | 'protocol'>): string {
  return `port ${port}/${protocol}${name && ` ${name}`}`
}

function listenerText({listener, state, hosts, weight, servers, skipped, since}: ExplainedListener): string {
  const names = hosts ? ` for ${listFirst(hosts)}` : ''
  const place = `${listener}${names}${weight === undefined ? '' : ` with weight ${weight}`}`
  const skips = skipped.length === 0 ? '' : `; skipped: ${listFirst(skipped)}`
  const time = since === undefined ? '' : ` since ${since}`
  if (state === 'served')
    return `served on ${place}${time} by ${count(servers.length, 'server')}: ${listFirst(servers)}${skips}`
  return `not served on ${place}: ${state === 'no-backend' ? 'no backend' : 'this host cannot listen there'}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
