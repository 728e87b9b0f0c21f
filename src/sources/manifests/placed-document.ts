/** A document at its position in a file: converts fields and offsets to lines and columns. Parses the text on first use. */
import type {FieldPath, Location} from '../../diagnostics/diagnostic.js'
import {parseYaml, type YamlDocument} from './parse-yaml.js'
import {Positions} from './positions.js'
import type {DocumentText} from './split-documents.js'
import type {TextRange} from './yaml-nodes.js'

const MADE_FROM = '# Source: '
const ABOVE_CONTENT = /^[ \t]*(?:---|#|\r?$)/

/** The template of a document that Helm has rendered: a comment above the content names it. */
function templateNamedIn(text: string): string | undefined {
  for (let start = text.startsWith('\uFEFF') ? 1 : 0; start < text.length;) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? undefined : end)
    const name = line.startsWith(MADE_FROM) ? line.slice(MADE_FROM.length) : ' '
    if (!/^\s/.test(name)) return name.trimEnd() || undefined
    if (!ABOVE_CONTENT.test(line) || end < 0) return undefined
    start = end + 1
  }
  return undefined
}

export class PlacedDocument {
  private parsed: {readonly yaml: YamlDocument; readonly positions: Positions} | undefined
  private readonly madeFrom: string | undefined

  constructor(
    readonly file: string,
    readonly source: DocumentText,
  ) {
    this.madeFrom = templateNamedIn(source.text)
  }

  get positions(): Positions {
    return this.parse().positions
  }

  get yaml(): YamlDocument {
    return this.parse().yaml
  }

  /** The location of the field, or of its nearest existing parent. */
  locateField(path: FieldPath, on?: 'key' | 'value'): Location {
    return this.locate(this.positions.rangeOf(path, on))
  }

  locate([start, end]: TextRange): Location {
    const from = this.positionInFile(start)
    const to = this.positionInFile(end)
    const {madeFrom} = this
    return {file: this.file, ...from, endLine: to.line, endColumn: to.column, ...(madeFrom && {madeFrom})}
  }

  private parse(): NonNullable<PlacedDocument['parsed']> {
    if (!this.parsed) {
      const yaml = parseYaml(this.source.text)
      this.parsed = {yaml, positions: new Positions(yaml)}
    }
    return this.parsed
  }

  private positionInFile(offset: number): {line: number; column: number} {
    const {line, column} = this.positions.at(offset)
    const first = this.source
    return {line: first.line + line - 1, column: line === 1 ? first.column + column - 1 : column}
  }
}
