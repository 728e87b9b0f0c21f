/** Draws a picture of docs/images/, such as overview.yaml, for light and for dark pages. */
import {parse} from 'yaml'
import {escaped, svg} from './svg.js'

type Point = readonly [x: number, y: number]
type Picture = {
  readonly title: string
  readonly size: Point
  readonly groups: readonly {readonly at: Point; readonly size: Point; readonly title: string}[]
  readonly boxes: readonly {
    readonly at: Point
    readonly size: Point
    /** The name, and up to two notes. */
    readonly lines: readonly string[]
    readonly accent?: boolean
  }[]
  readonly arrows: readonly {
    readonly from: Point
    readonly to: Point
    readonly label?: string
    readonly dashed?: boolean
    /** Where the label is, if not above the middle. */
    readonly below?: boolean
    readonly beside?: boolean
    /** The middle of the label; for slanting arrows. */
    readonly labelAt?: Point
  }[]
}

/** The colours of GitHub's pages. */
const THEMES = {
  light: {
    text: '#1f2328',
    quiet: '#59636e',
    line: '#818b98',
    box: '#ffffff',
    group: '#f6f8fa',
    accent: '#0969da',
  },
  dark: {
    text: '#f0f6fc',
    quiet: '#9198a1',
    line: '#656c76',
    box: '#0d1117',
    group: '#151b23',
    accent: '#4493f8',
  },
} as const
type Theme = (typeof THEMES)[keyof typeof THEMES]

const FONT = 'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"'

/** `source` is the text of a file such as overview.yaml. */
export function pictureOf(source: string, theme: keyof typeof THEMES): string {
  const {title, size, groups, boxes, arrows} = parse(source) as Picture
  const colours = THEMES[theme]
  const head = `<path d="M0 0 10 5 0 10z" fill="${colours.line}"/>`
  return svg(size[0], size[1], title, [
    `<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">${head}</marker></defs>`,
    `<g ${FONT} font-size="14">`,
    ...groups.map((group) => groupOf(group, colours)),
    ...boxes.map((box) => boxOf(box, colours)),
    ...arrows.map((arrow) => arrowOf(arrow, colours)),
    '</g>',
  ])
}

function groupOf(
  {at: [x, y], size: [width, height], title}: Picture['groups'][number],
  colours: Theme,
): string {
  const area = `x="${x}" y="${y}" width="${width}" height="${height}" rx="10"`
  return [
    `<rect ${area} fill="${colours.group}" stroke="${colours.line}" stroke-dasharray="4 4"/>`,
    text([x + width / 2, y + 26], title, colours.quiet),
  ].join('\n')
}

function boxOf(
  {at: [x, y], size: [width, height], lines, accent}: Picture['boxes'][number],
  colours: Theme,
): string {
  const [name = '', ...notes] = lines
  const first = y + height / 2 + 5 - notes.length * 9
  const stroke = accent === true ? `stroke="${colours.accent}" stroke-width="2"` : `stroke="${colours.line}"`
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${colours.box}" ${stroke}/>`,
    text([x + width / 2, first], name, colours.text, 'font-weight="600"'),
    ...notes.map((note, index) =>
      text([x + width / 2, first + 2 + (index + 1) * 18], note, colours.quiet, 'font-size="12"'),
    ),
  ].join('\n')
}

function arrowOf(
  {from, to, label, dashed, below, beside, labelAt}: Picture['arrows'][number],
  colours: Theme,
): string {
  const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]
  const [x, y] = middle
  const place: Point = labelAt ?? (beside === true ? [x + 8, y + 4] : [x, y + (below === true ? 17 : -8)])
  const anchor = beside === true ? 'text-anchor="start"' : ''
  const dashes = dashed === true ? ' stroke-dasharray="4 4"' : ''
  const line = `<path d="M${from.join(' ')}L${to.join(' ')}" stroke="${colours.line}" stroke-width="1.5"${dashes} marker-end="url(#head)"/>`
  if (label === undefined) return line
  return [line, text(place, label, colours.quiet, `font-size="12" ${anchor}`)].join('\n')
}

function text([x, y]: Point, content: string, fill: string, more = ''): string {
  const anchor = more.includes('text-anchor') ? '' : 'text-anchor="middle" '
  return `<text x="${x}" y="${y}" ${anchor}fill="${fill}"${more && ` ${more.trim()}`}>${escaped(content)}</text>`
}
