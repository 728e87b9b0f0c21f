/** Leaves out what authors ask to ignore, and tells them which of their wishes have become idle. */
import {CODES, isCode} from '../diagnostics/catalogue.js'
import {diagnose, type Diagnostic} from '../diagnostics/diagnostic.js'
import type {Ignore, IgnoreScope} from '../diagnostics/ignore.js'
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
  const groups = groupByScope(ignores)
  const near = byReach(groups)
  const kept = diagnostics.filter((diagnostic) => {
    const {object, location} = diagnostic
    const matches = [object, location && stretchOf(location.file, location.line)]
      .flatMap((reach) => near.get(reach) ?? [])
      .filter((group) => covers(group, diagnostic))
    for (const {used} of matches) used.add(diagnostic.code)
    return matches.length === 0
  })
  const incomplete = new Set(diagnostics.filter(isIncomplete).flatMap(placesOf))
  const judged = groups.filter(({scope}) => !incomplete.has('object' in scope ? scope.object : scope.file))
  const idle = judged.flatMap(({members, used}) =>
    members.flatMap((ignore) => idleCodes(ignore, used, isOff)),
  )
  return {kept, ignored: diagnostics.length - kept.length, idle}
}

/** What is not listed may be what an ignore is for. */
function isIncomplete({code}: Diagnostic): boolean {
  return code === 'findings-not-listed'
}

function placesOf({object, location}: Diagnostic): unknown[] {
  return [object, ...(location ? [location.file] : [])]
}

/** Ignores that reach the same: there may be thousands in one document. */
type Group = {
  readonly scope: IgnoreScope
  readonly members: Ignore[]
  readonly codes: Set<string>
  /** Codes of the findings that the group is for. */
  readonly used: Set<string>
}

function groupByScope(ignores: readonly Ignore[]): Group[] {
  const groups = new Map<unknown, Group>()
  for (const ignore of ignores) {
    const {scope} = ignore
    const key = 'object' in scope ? scope.object : `${scope.fromLine} ${scope.toLine} ${scope.file}`
    let group = groups.get(key)
    if (!group) groups.set(key, (group = {scope, members: [], codes: new Set(), used: new Set()}))
    group.members.push(ignore)
    for (const code of ignore.codes.length > 0 ? ignore.codes : [EVERY]) group.codes.add(code)
  }
  return [...groups.values()]
}

const EVERY = '*'

/** By what they reach: an object, or stretches of a file. There may be thousands of groups, and as many findings. */
function byReach(groups: readonly Group[]): ReadonlyMap<unknown, readonly Group[]> {
  const near = new Map<unknown, Group[]>()
  for (const group of groups) {
    for (const reach of reachOf(group)) {
      const others = near.get(reach)
      if (others) others.push(group)
      else near.set(reach, [group])
    }
  }
  return near
}

function reachOf({scope}: Group): unknown[] {
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

function covers({codes, scope}: Group, {code, object, location}: Diagnostic): boolean {
  if (!codes.has(code) && !codes.has(EVERY)) return false
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
  used: ReadonlySet<string>,
  isOff: (code: string) => boolean,
): Diagnostic[] {
  const place = {subject, ...(field && {field}), ...(location && {location})}
  if (codes.length === 0)
    return used.size > 0 ? [] : [diagnose('ignore-unused', {...place, args: {code: 'finding'}})]
  return codes.flatMap((code) => {
    if (!isCode(code))
      return [diagnose('ignore-unknown', {...place, args: {code, nearest: nearest(code, CODES)}})]
    return used.has(code) || isOff(code) ? [] : [diagnose('ignore-unused', {...place, args: {code}})]
  })
}
