/** `lbex check` as text. */
import {Ansis} from 'ansis'
import type {CheckResult} from './check-result.js'
import {codeFrame} from './code-frame.js'
import {countText, paragraphs, type TextPart, type TextStyle} from '../../report/diagnostics-text.js'

export function checkText(result: CheckResult): string {
  const lines = paragraphs(result.diagnostics, styleOf(result))
  return [...lines, checkSummary(result), ''].join('\n')
}

function styleOf({lineOf, colour}: CheckResult): TextStyle {
  return {
    frame: (location) => codeFrame(location, lineOf(location.file, location.line)),
    paint: colour ? inColour() : (_, text) => text,
  }
}

function inColour(): TextStyle['paint'] {
  const {bold, red, yellow, cyan, dim} = new Ansis(1)
  const paints: Record<TextPart, (text: string) => string> = {
    error: red.bold,
    warning: yellow.bold,
    info: cyan.bold,
    place: bold,
    code: dim,
    detail: dim,
  }
  return (part, text) => paints[part](text)
}

/** `2 errors, 1 warning in 3 Services of 1 file; 1 fixable with --fix`. */
export function checkSummary({diagnostics, edits, services, files}: CheckResult): string {
  const found = countText(diagnostics) || 'no findings'
  const fixable = diagnostics.filter((diagnostic) => edits.has(diagnostic)).length
  const fixes = fixable > 0 ? `; ${fixable} fixable with --fix` : ''
  return `${found} in ${counted(services.length, 'Service')} of ${counted(files, 'file')}${fixes}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
