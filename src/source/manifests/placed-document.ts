/** A document in its file: turns fields and offsets into lines and columns. It is parsed for that on first use only. */
import type {FieldPath, Location} from '../../diagnostics/diagnostic.js'
import {parseYaml} from './parse-yaml.js'
import {Positions} from './positions.js'
import type {DocumentText} from './split-documents.js'
import type {TextRange} from './yaml-nodes.js'

export class PlacedDocument {
  private parsed: Positions | undefined

  constructor(
    readonly file: string,
    readonly source: DocumentText,
  ) {}

  get positions(): Positions {
    this.parsed ??= new Positions(parseYaml(this.source.text))
    return this.parsed
  }

  /** Where the field stands, or what is left of its path. */
  locateField(path: FieldPath, on?: 'key' | 'value'): Location {
    return this.locate(this.positions.rangeOf(path, on))
  }

  locate([start, end]: TextRange): Location {
    const from = this.positionInFile(start)
    const to = this.positionInFile(end)
    return {file: this.file, ...from, endLine: to.line, endColumn: to.column}
  }

  private positionInFile(offset: number): {line: number; column: number} {
    const {line, column} = this.positions.at(offset)
    const first = this.source
    return {line: first.line + line - 1, column: line === 1 ? first.column + column - 1 : column}
  }
}
