/** The difference between two trees of files, as a unified diff. */
import {Ansis} from 'ansis'
import {FILE_HEADERS_ONLY, formatPatch, structuredPatch} from 'diff'
import {escapeFor} from '../diagnostics/escape.js'

export type PlainFile = {readonly path: string; readonly text: string}

/** Files that change whenever another file changes: their differences would add nothing. */
const INDEXES = new Set(['services.conf', 'version.conf'])

/**
 * Empty if the files are the same. The name of a Service's file ends in a hash of its content: an old and a new file are compared
 * if the rest of their names is the same.
 */
export function diffText(before: readonly PlainFile[], after: readonly PlainFile[], colour: boolean): string {
  const old = byStem(before)
  const wanted = byStem(after)
  const stems = [...new Set([...old.keys(), ...wanted.keys()])].sort()
  const patches = stems.map((stem) => patch(old.get(stem), wanted.get(stem))).join('')
  return colour ? coloured(patches) : patches
}

function byStem(files: readonly PlainFile[]): Map<string, PlainFile> {
  const shown = files.filter(({path}) => !INDEXES.has(path))
  return new Map(shown.map((file) => [file.path.replace(/[-_.][0-9a-f]{12}(?=\.conf$)/, ''), file]))
}

function patch(before: PlainFile | undefined, after: PlainFile | undefined): string {
  if (before?.text === after?.text) return ''
  const difference = structuredPatch(
    before?.path ?? '/dev/null',
    after?.path ?? '/dev/null',
    before?.text ?? '',
    after?.text ?? '',
  )
  return formatPatch(difference, FILE_HEADERS_ONLY)
}

function coloured(patches: string): string {
  const ansis = new Ansis(1)
  const paint = (line: string): string => {
    if (/^(---|\+\+\+) /.test(line)) return ansis.bold(line)
    if (line.startsWith('@@')) return ansis.cyan(line)
    if (line.startsWith('+')) return ansis.green(line)
    return line.startsWith('-') ? ansis.red(line) : line
  }
  return escapeFor('text', patches).split('\n').map(paint).join('\n')
}
