/** Recognises manifests that may have a private key. Messages and output must not quote them, above all if they are broken. */
import {splitDocuments} from './split-documents.js'

/** A Secret, also as a member of a List, or a private key itself: as PEM, or the beginning of PEM as base64. */
const MARKS = /\bkind["']?\s*:\s*(?:!\S*\s+)?["']?Secret|PRIVATE KEY|LS0tLS1CRUdJTi/

export function isConfidential(text: string): boolean {
  return MARKS.test(text)
}

/** The lines of a file, without those of documents that may have a private key. */
export function quotableLines(text: string): (string | undefined)[] {
  const lines: (string | undefined)[] = text.split(/\r?\n/)
  if (!isConfidential(text)) return lines
  for (const document of splitDocuments(text)) {
    if (!isConfidential(document.text)) continue
    const from = document.line - 1
    lines.fill(undefined, from, from + document.text.replace(/\n$/, '').split('\n').length)
  }
  return lines
}

/** The message of a parser up to the first part that may quote the text. */
export function withoutExcerpt(message: string): string {
  return message.replace(/[^\w ().,-].*$/s, '').trimEnd()
}
