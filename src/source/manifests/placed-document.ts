/** A document in its file: turns fields and offsets into lines and columns. It is parsed for that on first use only. */
import type {FieldPath, Location} from '../../diagnostics/diagnostic.js'
import {parseYaml, type YamlDocument} from './parse-yaml.js'
import {Positions} from './positions.js'
import type {DocumentText} from './split-documents.js'
import type {TextRange} from './yaml-nodes.js'

/** A comment above the content, with which Helm names the template that a document was made from. */
const MADE_FROM = /^\uFEFF?(?:[ \t]*(?:---.*|#.*)?\r?\n)*?# Source: (\S.*?)[ \t]*\r?(?:\n|$)/

export class PlacedDocument {
  private parsed: {readonly yaml: YamlDocument; readonly positions: Positions} | undefined

  constructor(
    readonly file: string,
    readonly source: DocumentText,
  ) {}

  get positions(): Positions {
    return this.parse().positions
  }

  get yaml(): YamlDocument {
    return this.parse().yaml
  }

  /** Where the field stands, or what is left of its path. */
  locateField(path: FieldPath, on?: 'key' | 'value'): Location {
    return this.locate(this.positions.rangeOf(path, on))
  }

  locate([start, end]: TextRange): Location {
    const from = this.positionInFile(start)
    const to = this.positionInFile(end)
    const madeFrom = MADE_FROM.exec(this.source.text)?.[1]
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
