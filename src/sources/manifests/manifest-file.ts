/** The documents of one file. A document that did not change since the last reading keeps its identity. */
import {diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {PlacedDocument} from './placed-document.js'
import {readDocument, type DocumentContents} from './read-document.js'
import {splitDocuments} from './split-documents.js'
import {splitList, type MemberText} from './split-list.js'

export type ManifestDocument = {
  /** Unique in its file; stays the same while the text of the document does, even if the document moves. */
  readonly id: number
  readonly source: MemberText
  readonly placed: PlacedDocument
  readonly contents: DocumentContents
}

export type ManifestFile = {
  readonly file: string
  /** Undefined if the file is not text. */
  readonly text: string | undefined
  readonly documents: readonly ManifestDocument[]
  readonly diagnostics: readonly Diagnostic[]
}

/** `previous`: the last reading of the same file. */
export function readManifest(file: string, text: string | undefined, previous?: ManifestFile): ManifestFile {
  if (previous && previous.text === text) return previous
  if (text === undefined) return {file, text, documents: [], diagnostics: [notText(file)]}
  const known = new KnownDocuments(file, previous?.documents ?? [])
  const documents = splitDocuments(text)
    .flatMap(splitList)
    .map((source) => known.take(source) ?? known.read(source))
  return {file, text, documents, diagnostics: documents.flatMap(({contents}) => contents.diagnostics)}
}

function notText(file: string): Diagnostic {
  return diagnose('yaml-syntax', {
    subject: {ref: {kind: 'File', name: file}},
    location: {file, line: 1, column: 1, endLine: 1, endColumn: 1},
    args: {problem: 'the file is not text in UTF-8'},
  })
}

class KnownDocuments {
  private readonly byText = new Map<string, ManifestDocument[]>()
  private nextId = 0

  constructor(
    private readonly file: string,
    documents: readonly ManifestDocument[],
  ) {
    for (const document of documents) {
      const same = this.byText.get(identity(document.source))
      if (same) same.push(document)
      else this.byText.set(identity(document.source), [document])
      this.nextId = Math.max(this.nextId, document.id + 1)
    }
  }

  /** The known document with this text, at its new position; each is returned once. */
  take(source: MemberText): ManifestDocument | undefined {
    const document = this.byText.get(identity(source))?.shift()
    if (!document || isSamePlace(document.source, source)) return document
    // A finding with a fixed location, such as a syntax error, does not move with the text.
    if (document.contents.diagnostics.some(({location}) => location)) return undefined
    return {...document, source, placed: new PlacedDocument(this.file, source)}
  }

  read(source: MemberText): ManifestDocument {
    const placed = new PlacedDocument(this.file, source)
    const id = this.nextId++
    return {id, source, placed, contents: readDocument(placed, id, source.defaults)}
  }
}

function identity({text, defaults}: MemberText): string {
  return `${defaults?.apiVersion ?? ''} ${defaults?.kind ?? ''} ${text}`
}

function isSamePlace(a: MemberText, b: MemberText): boolean {
  return a.line === b.line && a.column === b.column
}
