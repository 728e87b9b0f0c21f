/** Removes ignored findings, and reports ignores that match nothing. */
import {CODES, isCode} from '../diagnostics/catalogue.js'
import {diagnose, type Diagnostic} from '../diagnostics/diagnostic.js'
import type {Ignore, IgnoreScope} from '../diagnostics/ignore.js'
import {nearest} from '../diagnostics/nearest.js'

export type Kept = {
  readonly kept: readonly Diagnostic[]
  readonly ignored: number
  /** Diagnostics about the ignores themselves; those about comments have a location. */
  readonly unused: readonly Diagnostic[]
}

/** `diagnostics` have locations. An ignore of a code that is switched off (`isOff`) is not reported as unused. */
export function applyIgnores(
  diagnostics: readonly Diagnostic[],
  ignores: readonly Ignore[],
  isOff: (code: string) => boolean,
): Kept {
  if (ignores.length === 0) return {kept: diagnostics, ignored: 0, unused: []}
  const groups = groupByScope(ignores)
  const near = byScopeKey(groups)
  const kept = diagnostics.filter((diagnostic) => {
    const {object, location} = diagnostic
    const matches = [object, location && blockOf(location.file, location.line)]
      .flatMap((key) => near.get(key) ?? [])
      .filter((group) => covers(group, diagnostic))
    for (const {used} of matches) used.add(diagnostic.code)
    return matches.length === 0
  })
  const incomplete = new Set(diagnostics.filter(isIncomplete).flatMap(placesOf))
  const complete = groups.filter(({scope}) => !incomplete.has('object' in scope ? scope.object : scope.file))
  const unused = complete.flatMap(({members, used}) =>
    members.flatMap((ignore) => unusedCodes(ignore, used, isOff)),
  )
  return {kept, ignored: diagnostics.length - kept.length, unused}
}

/** Findings are missing here: an ignore may be for one of them. */
function isIncomplete({code}: Diagnostic): boolean {
  return code === 'findings-not-listed'
}

function placesOf({object, location}: Diagnostic): unknown[] {
  return [object, ...(location ? [location.file] : [])]
}

/** Ignores with the same scope: there may be thousands in one document. */
type Group = {
  readonly scope: IgnoreScope
  readonly members: Ignore[]
  readonly codes: Set<string>
  /** Codes of the findings that the group matched. */
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

/** Indexes the groups by object or by blocks of lines: there may be thousands of groups and as many findings. */
function byScopeKey(groups: readonly Group[]): ReadonlyMap<unknown, readonly Group[]> {
  const near = new Map<unknown, Group[]>()
  for (const group of groups) {
    for (const key of scopeKeysOf(group)) {
      const others = near.get(key)
      if (others) others.push(group)
      else near.set(key, [group])
    }
  }
  return near
}

function scopeKeysOf({scope}: Group): unknown[] {
  if ('object' in scope) return [scope.object]
  const {file, fromLine, toLine} = scope
  const blocks: string[] = []
  for (let line = fromLine; line < toLine + BLOCK; line += BLOCK)
    blocks.push(blockOf(file, Math.min(line, toLine)))
  return [...new Set(blocks)]
}

/** Lines per block. */
const BLOCK = 64

function blockOf(file: string, line: number): string {
  return `${Math.floor(line / BLOCK)} ${file}`
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

function unusedCodes(
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
