/**
 * Finds the comments with which an author suppresses findings of `lbex check`:
 *
 *     # lbex-ignore CODE, CODE -- reason             after a value: that line; on a line of its own: the whole document
 *     # lbex-ignore-next-line CODE -- reason         the next line
 *
 * Without a code, all findings in the scope are ignored.
 */
import {Lexer} from 'yaml'
import {codesIn, type Ignore} from '../../diagnostics/ignore.js'
import type {ManifestFile} from './manifest-file.js'
import type {PlacedDocument} from './placed-document.js'

const COMMENT = /^#[ \t]*lbex-ignore(-next-line)?(?=\s|$)(.*)$/

export function findIgnores({documents}: ManifestFile): Ignore[] {
  return documents.flatMap(({placed}) => ignoresIn(placed))
}

function ignoresIn(document: PlacedDocument): Ignore[] {
  const {text} = document.source
  if (!text.includes('lbex-ignore')) return []
  const whole = linesOf(document)
  return commentsOf(text).flatMap(({start, comment}) => {
    const [, nextLine, rest = ''] = COMMENT.exec(comment) ?? []
    if (!COMMENT.test(comment)) return []
    const found = {start, comment: comment.trimEnd(), nextLine: nextLine !== undefined, rest}
    return [ignore(document, found, whole)]
  })
}

type IgnoreComment = Comment & {readonly nextLine: boolean; readonly rest: string}

function ignore(
  document: PlacedDocument,
  {start, comment, nextLine, rest}: IgnoreComment,
  whole: readonly [from: number, to: number],
): Ignore {
  const location = document.locate([start, start + comment.length])
  const {file, line} = location
  const lines = nextLine ? [line + 1, line + 1] : isAlone(document.source.text, start) ? whole : []
  const [fromLine = line, toLine = line] = lines
  return {
    codes: codesIn(rest.split(/(?:^|\s)--(?:\s|$)/)[0] ?? ''),
    scope: {file, fromLine, toLine},
    subject: {ref: {kind: 'File', name: file}},
    location,
  }
}

function isAlone(text: string, start: number): boolean {
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === ''
}

function linesOf({source: {line, text}}: PlacedDocument): [number, number] {
  return [line, line + text.split('\n').length - 1]
}

type Comment = {readonly start: number; readonly comment: string}

/** Uses the lexer, because a line of a block scalar may look like a comment. */
function commentsOf(text: string): Comment[] {
  const comments: Comment[] = []
  let offset = 0
  let inScalar = false
  for (const lexeme of new Lexer().lex(text)) {
    if (CONTROLS.has(lexeme)) {
      inScalar = lexeme === SCALAR
      continue
    }
    if (!inScalar && lexeme.startsWith('#')) comments.push({start: offset, comment: lexeme})
    inScalar = false
    offset += lexeme.length
  }
  return comments
}

/** The lexer marks documents, broken flow collections and scalars with control characters that are not in the text. */
const SCALAR = '\u001F'
const CONTROLS = new Set(['\u0002', '\u0018', SCALAR])
