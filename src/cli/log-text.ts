/** The text of a log line, for terminals and for the journal of systemd. */
import {stripVTControlCharacters} from 'node:util'

export type LogLine = Readonly<Record<string, unknown>>

const INTERNAL = new Set(['level', 'time', 'msg'])

/** Detail lines of a finding start with it, and so does what does not fit on a line. */
const INDENT = '    '

/**
 * The message, then `key=value` for each field. A finding begins with its object, and has its place and hint on lines of their own.
 * A line with the field `event`, which is for programs, is a sentence without fields.
 */
export function textOf(line: LogLine): string {
  if (line['event'] !== undefined) return String(line['msg'])
  if (isFinding(line)) return findingText(line)
  const fields = Object.entries(line).filter(([key]) => !INTERNAL.has(key))
  return [String(line['msg']), ...fields.map(([key, value]) => `${key}=${plain(value)}`)].join(' ')
}

/** One word unchanged, everything else as JSON. */
function plain(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}

type FindingLine = LogLine & Readonly<Record<'object' | 'code' | 'problem', string>>

function isFinding(line: LogLine): line is FindingLine {
  return ['object', 'code', 'problem'].every((key) => typeof line[key] === 'string')
}

function findingText({object, code, problem, ...line}: FindingLine): string {
  const place = [line['location'], line['field']].filter((text) => typeof text === 'string').join(', ')
  const {hint} = line
  return [
    `${line['cleared'] === true ? 'cleared: ' : ''}${object}: ${code}: ${problem}`,
    ...(place === '' ? [] : [`${INDENT}at ${place}`]),
    ...(typeof hint === 'string' ? [`${INDENT}hint: ${hint}`] : []),
  ].join('\n')
}

/** Breaks lines that are longer than `width` between words. A word that is longer than a line is not broken. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  if (lengthOf(line) <= width) return line
  const [, start = '', rest = ''] = /^( *)(.*)$/s.exec(line) ?? []
  const lines: string[] = []
  let current = start
  for (const word of rest.split(' ')) {
    const isEmpty = current.trim() === ''
    if (!isEmpty && lengthOf(current) + 1 + lengthOf(word) > width) {
      lines.push(current)
      current = `${start}${INDENT}${word}`
    } else current += isEmpty ? word : ` ${word}`
  }
  return [...lines, current].join('\n')
}

/** Without colours. */
function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** By level of pino; see sd-daemon(3). */
const PRIORITIES: ReadonlyMap<unknown, number> = new Map([
  [20, 7],
  [30, 6],
  [40, 4],
  [50, 3],
])

/** `<3>`: the journal takes it as the priority of the line. */
export function journalPrefix(level: unknown): string {
  return `<${PRIORITIES.get(level) ?? 6}>`
}

/** Each line would be an entry of its own in the journal. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\n */g, '; ')
}
