/** As much of Markdown as the tests of the docs look at: blocks of code, code within a line, headings and links. */
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {slugOf} from '../../website/vitepress/slug.mjs'
import {root} from '../commands/lbex.js'

export type Block = {
  /** `README.md:12`: where its first line is. */
  readonly place: string
  readonly language: string
  readonly text: string
  /** The text of the HTML comments right before it. */
  readonly remarks: readonly string[]
  /** What its commands print: the `text` block right after it, or the next one where a comment says so. */
  readonly output?: string
}

type Placed = {readonly place: string; readonly text: string}
export type Page = {
  /** Path within the repository. */
  readonly path: string
  readonly blocks: readonly Block[]
  readonly spans: readonly Placed[]
  readonly headings: readonly string[]
  readonly links: readonly Placed[]
}

/** Every Markdown file of the project, also those that are not committed yet. */
export function pages(): Page[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z', '*.md'],
    {cwd: root, encoding: 'utf8'},
  )
  return listed
    .split('\0')
    .filter((path) => path !== '')
    .sort()
    .map((path) => readPage(path, readFileSync(join(root, path), 'utf8')))
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*(\S*)/
const REMARK = /^\s*<!--\s*(.*?)\s*-->\s*$/
const PRINTED = 'printed above'
const LINK = /\]\(<?([^()\s>]+(?:\([^()\s]*\))?)>?(?:\s+"[^"]*")?\)/g
/** Pictures for light and dark pages, in HTML. */
const PICTURE = /\b(?:src|srcset)="([^"]+)"/g
const REFERENCE = /^\s*\[[^\]]+\]:\s*(\S+)/

export function readPage(path: string, text: string): Page {
  const {blocks, prose} = separate(path, text.split('\n'))
  const placed = prose.map((line, index) => ({place: `${path}:${index + 1}`, text: line}))
  return {
    path,
    blocks,
    spans: spansIn(path, prose.join('\n')),
    headings: prose.flatMap((line) => /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] ?? []),
    links: placed.flatMap(({place, text: line}) => linksIn(line).map((link) => ({place, text: link}))),
  }
}

/** Blocks of code, and the page without them: their lines are empty there. */
function separate(path: string, lines: readonly string[]): {blocks: Block[]; prose: string[]} {
  const blocks: Block[] = []
  const prose: string[] = []
  let remarks: string[] = []
  let isRightAfter = false
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const fence = FENCE.exec(line)
    if (!fence) {
      prose.push(line)
      if (line.trim() === '') continue
      const remark = REMARK.exec(line)?.[1]
      remarks = remark === undefined ? [] : [...remarks, remark]
      isRightAfter = false
      continue
    }
    const [, indent = '', marks = '', language = ''] = fence
    const end = lines.findIndex((other, at) => at > index && other.trim().startsWith(marks))
    const last = end === -1 ? lines.length : end
    const content = lines.slice(index + 1, last).map((each) => withoutIndent(each, indent.length))
    const block = {place: `${path}:${index + 2}`, language, text: `${content.join('\n')}\n`, remarks}
    const before = blocks.at(-1)
    const isOutput = isRightAfter ? remarks.length === 0 : remarks.includes(PRINTED)
    if (language === 'text' && isOutput && before) blocks[blocks.length - 1] = {...before, output: block.text}
    else blocks.push(block)
    for (let at = index; at <= last; at += 1) prose.push('')
    index = last
    remarks = []
    isRightAfter = true
  }
  return {blocks, prose}
}

function withoutIndent(line: string, width: number): string {
  return line.slice(0, width).trim() === '' ? line.slice(width) : line
}

/** Code within a paragraph, which may go on in the next line. */
function spansIn(path: string, prose: string): Placed[] {
  const found = prose.matchAll(/(?<!`)(`+)(?!`)((?:(?!\n\n)[^])*?[^`])\1(?!`)/g)
  return [...found].map(({index, 2: text = ''}) => ({
    place: `${path}:${prose.slice(0, index).split('\n').length}`,
    text: text.replaceAll(/\s*\n\s*/g, ' ').trim(),
  }))
}

function linksIn(line: string): string[] {
  const prose = line.replaceAll(/(`+).+?\1(?!`)/g, 'code')
  const targets = [...prose.matchAll(LINK)].map(([, target = '']) => target)
  const pictures = [...prose.matchAll(PICTURE)].map(([, target = '']) => target)
  return [...targets, ...pictures, ...(REFERENCE.exec(prose)?.slice(1, 2) ?? [])]
}

/** The anchor that GitHub makes of each heading; the second of two equal ones ends in -1. */
export function anchorsOf({headings}: Page): Set<string> {
  const anchors = new Set<string>()
  for (const heading of headings) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '')
    const base = slugOf(plain)
    let anchor = base
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${base}-${count}`
    anchors.add(anchor)
  }
  return anchors
}
