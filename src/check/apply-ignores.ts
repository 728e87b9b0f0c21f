/** Leaves out what authors ask to ignore, and tells them which of their wishes have become idle. */
import {CODES, isCode} from '../diagnostics/catalogue.js'
import {diagnose, type Diagnostic} from '../diagnostics/diagnostic.js'
import type {Ignore} from '../diagnostics/ignore.js'
import {nearest} from '../diagnostics/nearest.js'

export type Kept = {
  readonly kept: readonly Diagnostic[]
  readonly ignored: number
  /** About the ignores themselves; those of comments are located. */
  readonly idle: readonly Diagnostic[]
}

/** `diagnostics` are located. A finding that is not reported anyway (`isOff`) needs no ignore, and makes none idle. */
export function applyIgnores(
  diagnostics: readonly Diagnostic[],
  ignores: readonly Ignore[],
  isOff: (code: string) => boolean,
): Kept {
  if (ignores.length === 0) return {kept: diagnostics, ignored: 0, idle: []}
  const near = byReach(ignores)
  const used = new Set<string>()
  const kept = diagnostics.filter((diagnostic) => {
    const {object, location} = diagnostic
    const matches = [object, location && stretchOf(location.file, location.line)]
      .flatMap((reach) => near.get(reach) ?? [])
      .filter(({ignore}) => covers(ignore, diagnostic))
    for (const {index} of matches) used.add(`${index} ${diagnostic.code}`).add(`${index} *`)
    return matches.length === 0
  })
  const idle = ignores.flatMap((ignore, index) =>
    idleCodes(ignore, (code) => used.has(`${index} ${code}`), isOff),
  )
  return {kept, ignored: diagnostics.length - kept.length, idle}
}

type Numbered = {readonly ignore: Ignore; readonly index: number}

/** By what they reach: an object, or stretches of a file. There may be thousands of ignores, and as many findings. */
function byReach(ignores: readonly Ignore[]): ReadonlyMap<unknown, readonly Numbered[]> {
  const groups = new Map<unknown, Numbered[]>()
  for (const [index, ignore] of ignores.entries()) {
    for (const reach of reachOf(ignore)) {
      const group = groups.get(reach)
      if (group) group.push({ignore, index})
      else groups.set(reach, [{ignore, index}])
    }
  }
  return groups
}

function reachOf({scope}: Ignore): unknown[] {
  if ('object' in scope) return [scope.object]
  const {file, fromLine, toLine} = scope
  const stretches: string[] = []
  for (let line = fromLine; line < toLine + STRETCH; line += STRETCH)
    stretches.push(stretchOf(file, Math.min(line, toLine)))
  return [...new Set(stretches)]
}

/** Lines of a file that are looked up together. */
const STRETCH = 64

function stretchOf(file: string, line: number): string {
  return `${Math.floor(line / STRETCH)} ${file}`
}

function covers({codes, scope}: Ignore, {code, object, location}: Diagnostic): boolean {
  if (codes.length > 0 && !codes.includes(code)) return false
  if ('object' in scope) return scope.object === object
  return (
    location !== undefined &&
    location.file === scope.file &&
    location.line >= scope.fromLine &&
    location.line <= scope.toLine
  )
}

function idleCodes(
  {codes, subject, field, location}: Ignore,
  isUsed: (code: string) => boolean,
  isOff: (code: string) => boolean,
): Diagnostic[] {
  const place = {subject, ...(field && {field}), ...(location && {location})}
  if (codes.length === 0)
    return isUsed('*') ? [] : [diagnose('ignore-unused', {...place, args: {code: 'finding'}})]
  return codes.flatMap((code) => {
    if (!isCode(code))
      return [diagnose('ignore-unknown', {...place, args: {code, nearest: nearest(code, CODES)}})]
    return isUsed(code) || isOff(code) ? [] : [diagnose('ignore-unused', {...place, args: {code}})]
  })
}
