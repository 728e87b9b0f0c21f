/** A recording of a terminal as an animated SVG: lines that appear at their time, and scroll. */
import {escaped, svg} from './svg.js'

export type RecordedLine = {
  /** Seconds since the start. */
  readonly at: number
  readonly text: string
}

const COLUMNS = 100
const ROWS = 26
const LINE = 18
const WIDTH = 880
const PADDING = 16
/** Seconds: a longer pause of the program is shortened to this, and the last line stays for as long as END. */
const LONGEST_PAUSE = 1.5
/** Seconds per line at least, so that a block of text can be followed. */
const SHORTEST_PAUSE = 0.12
const END = 6

/** Lines of at most COLUMNS characters, at times that a reader can follow. */
function played(lines: readonly RecordedLine[]): RecordedLine[] {
  let clock = 0
  let before = 0
  return lines.flatMap(({at, text}) => {
    clock += Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, at - before))
    before = at
    return wrapped(text).map((part) => ({at: clock, text: part}))
  })
}

function wrapped(text: string): string[] {
  if (text.length <= COLUMNS) return [text]
  const cut = text.lastIndexOf(' ', COLUMNS)
  const end = cut > COLUMNS / 2 ? cut : COLUMNS
  return [text.slice(0, end), ...wrapped(`     ${text.slice(end).trim()}`)]
}

/** The SVG of what a program printed. It plays in a loop; readers who prefer no motion see the end. */
export function recordingSvg(title: string, lines: readonly RecordedLine[]): string {
  const shown = played(lines)
  const length = (shown.at(-1)?.at ?? 0) + END
  const offset = (count: number) => (ROWS - count) * LINE
  const frames = shown.map(
    ({at}, index) => `${((at / length) * 100).toFixed(2)}%{transform:translateY(${offset(index + 1)}px)}`,
  )
  const last = `translateY(${offset(shown.length)}px)`
  const height = ROWS * LINE + 2 * PADDING
  return svg(WIDTH, height, title, [
    '<style>',
    `@keyframes scroll{0%{transform:translateY(${offset(0)}px)}${frames.join('')}to{transform:${last}}}`,
    `#lines{animation:scroll ${length.toFixed(2)}s step-end infinite}`,
    `@media (prefers-reduced-motion:reduce){#lines{animation:none;transform:${last}}}`,
    'text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d1d7e0;white-space:pre}',
    '.title{fill:#6cb6ff;font-weight:bold}.command{fill:#8ddb8c}',
    '</style>',
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#151b23"/>`,
    `<clipPath id="screen"><rect x="0" y="${PADDING}" width="${WIDTH}" height="${ROWS * LINE}"/></clipPath>`,
    '<g clip-path="url(#screen)"><g id="lines">',
    ...shown.flatMap(({text}, index) => lineOf(text, PADDING + (index + 1) * LINE - 5)),
    '</g></g>',
  ])
}

function lineOf(text: string, y: number): string[] {
  if (text.trim() === '') return []
  const kind = /^\d+\. /.test(text) ? ' class="title"' : /^ *\$ /.test(text) ? ' class="command"' : ''
  return [`<text x="${PADDING}" y="${y}"${kind} xml:space="preserve">${escaped(text)}</text>`]
}
