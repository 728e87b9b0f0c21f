/**
 * The fast way for YAML as most manifests are written: block mappings and lists, plain words, numbers and simple quotes. `yaml`
 * takes five times as long, because it keeps every position. Whatever is not surely understood is left to `yaml`: the two never
 * give different values (test/unit/sources/manifests/parse-plain-yaml.test.ts tries).
 */
export function parsePlainYaml(text: string): {readonly value: unknown} | undefined {
  try {
    return {value: new PlainReader(linesOf(text)).read()}
  } catch (error) {
    if (error === NOT_PLAIN) return undefined
    throw error
  }
}

const NOT_PLAIN = new Error('not plain')

type Line = {readonly indent: number; readonly content: string}

/** Deeper nesting is left to the parser that knows how deep it may go. */
const MAX_DEPTH = 50

/** The lines that hold something, without what is around it. */
function linesOf(text: string): Line[] {
  const lines: Line[] = []
  if (STRAY_RETURN.test(text)) throw NOT_PLAIN
  for (const [number, raw] of text.split('\n').entries()) {
    const {indent, content} = withoutBlanks(raw)
    if (content === '' || content.startsWith('#')) continue
    if (number === 0 && content === '---' && indent === 0) continue
    if (UNUSUAL.test(raw) || (indent === 0 && /^(?:---|\.\.\.|%)/.test(content))) throw NOT_PLAIN
    lines.push({indent, content})
  }
  return lines
}

/** Blanks only: trim() takes off what YAML takes for text. A pattern that ends in `$` takes quadratic time for a run of blanks. */
function withoutBlanks(raw: string): Line {
  let indent = 0
  while (raw[indent] === ' ') indent += 1
  let end = raw.length
  while (end > indent && (raw[end - 1] === ' ' || raw[end - 1] === '\r')) end -= 1
  return {indent, content: raw.slice(indent, end)}
}

/** Tabs, control characters, and every white space but the blank: YAML and JavaScript differ about them. */
const UNUSUAL =
  /[^\u0020-\u007E\u00A1-\u167F\u2010-\u2027\u2030-\u205E\u2060-\u2FFF\u3001-\uD7FF\uF900-\uFDFF\uFE70-\uFEFE\r]/
/** A carriage return that is no part of a line end. */
const STRAY_RETURN = /\r(?!\n)/

const KEY = /^([A-Za-z][\w./-]*|"[A-Za-z][\w./-]*"|'[A-Za-z][\w./-]*'):(?: +(.*))?$/
/** Words that are no strings, or are none to some. */
const RESERVED = /^(?:y|n|yes|no|true|false|on|off|null)$/i

class PlainReader {
  private at = 0
  private depth = 0

  constructor(private readonly lines: Line[]) {}

  read(): unknown {
    const first = this.lines[0]
    if (!first) throw NOT_PLAIN
    const value = this.block(first.indent)
    if (this.at < this.lines.length) throw NOT_PLAIN
    return value
  }

  private block(indent: number): unknown {
    if ((this.depth += 1) > MAX_DEPTH) throw NOT_PLAIN
    const value = isItem(this.lines[this.at]) ? this.list(indent) : this.mapping(indent)
    this.depth -= 1
    return value
  }

  private mapping(indent: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (let line = this.lines[this.at]; line && line.indent >= indent; line = this.lines[this.at]) {
      if (isItem(line) && line.indent === indent) break
      const [, written = '', value] = (line.indent === indent && KEY.exec(line.content)) || []
      const key = unquoted(written)
      if (written === '' || RESERVED.test(key) || Object.hasOwn(result, key)) throw NOT_PLAIN
      this.at += 1
      result[key] = value === undefined || value.startsWith('#') ? this.below(indent, indent) : scalar(value)
    }
    return result
  }

  private list(indent: number): unknown[] {
    const result: unknown[] = []
    for (let line = this.lines[this.at]; line && line.indent >= indent; line = this.lines[this.at]) {
      if (line.indent > indent) throw NOT_PLAIN
      if (!isItem(line)) break
      result.push(this.item(line))
    }
    return result
  }

  private item({indent, content}: Line): unknown {
    const inner = content.slice(1).trimStart()
    if (inner === '' || inner.startsWith('#')) {
      this.at += 1
      return this.below(indent, indent + 1)
    }
    const rest = {indent: indent + content.length - inner.length, content: inner}
    if (isItem(rest)) throw NOT_PLAIN
    if (KEY.test(inner)) {
      this.lines[this.at] = rest
      return this.block(rest.indent)
    }
    this.at += 1
    return scalar(inner)
  }

  /** What stands below a key or a dash; a list may begin in the column of its key. */
  private below(indent: number, listIndent: number): unknown {
    const line = this.lines[this.at]
    if (line && line.indent > indent) return this.block(line.indent)
    return line && line.indent === listIndent && isItem(line) ? this.block(line.indent) : null
  }
}

function isItem(line: Line | undefined): boolean {
  return line !== undefined && (line.content === '-' || line.content.startsWith('- '))
}

function unquoted(key: string): string {
  return /^["']/.test(key) ? key.slice(1, -1) : key
}

const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?$/
const PLAIN = /^([A-Za-z0-9_/.][\w./:@+=(),-]*(?: [\w./@+=(),-][\w./:@+=(),-]*)*)(?: +#.*)?$/
/** Begins with a digit and is no number: an IP address or a version, or a time. */
const NO_NUMBER = /^(?:\d+\.\d+\.\d[\w.-]*|\d{4}-\d\d-\d\dT[\d:.]+Z)$/

function scalar(text: string): unknown {
  const quoted = QUOTED.exec(text)
  if (quoted) return quoted[1] ?? quoted[2]
  if (/^\{\}(?: +#.*)?$/.test(text)) return {}
  if (/^\[\](?: +#.*)?$/.test(text)) return []
  const word = PLAIN.exec(text)?.[1]
  if (word === undefined || /:(?: |$)/.test(word)) throw NOT_PLAIN
  if (/^[A-Za-z_/]/.test(word)) return plainWord(word)
  if (/^(?:0|[1-9]\d{0,14})$/.test(word)) return Number(word)
  if (NO_NUMBER.test(word)) return word
  throw NOT_PLAIN
}

function plainWord(word: string): unknown {
  if (word === 'true') return true
  if (word === 'false') return false
  if (RESERVED.test(word)) throw NOT_PLAIN
  return word
}
