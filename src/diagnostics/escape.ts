/**
 * Escapes all output of lbex. Names of objects and files, and texts of NGINX, the API server and other processes, may contain
 * terminal escape sequences, invisible characters, or commands for a build server. They are shown as escapes: `8080\u200b`.
 */

/** text: lines for people. json: escaped without changing the value. commands: lines with commands for a build server. */
export type Medium = 'text' | 'json' | 'commands'

/** `colour`: keep the colours that lbex itself writes. */
export function escapeFor(medium: Medium, text: string, {colour = false} = {}): string {
  const shown = text.replaceAll(colour ? HIDDEN_OR_COLOUR : HIDDEN, (found) =>
    colour && COLOUR.test(found) ? found : medium === 'json' ? inUnits(found) : escaped(found),
  )
  if (medium === 'json') return shown.replaceAll(COMMAND_ANYWHERE, '#\\u0023')
  const inert = shown.replaceAll(COMMAND_ANYWHERE, '# #')
  return medium === 'text' ? inert.replaceAll(COMMAND_AT_START, '$1: :') : inert
}

/** Makes the text fit on one line, without invisible characters. */
export function oneLine(text: string): string {
  return text.replaceAll(INVISIBLE, escaped)
}

/** Replaces each code unit of an invisible character with a question mark, so that the length stays the same. */
export function withoutHidden(text: string): string {
  return text.replaceAll(INVISIBLE, (found) => '?'.repeat(found.length))
}

/** Control characters, format characters (such as direction marks), lone surrogates, separators and zero-width characters. */
const CLASSES = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Z}\\p{Default_Ignorable_Code_Point}'

const INVISIBLE = new RegExp(`(?! )[${CLASSES}]`, 'gu')

/** In a text of several lines, line ends and tabs are allowed. */
const HIDDEN = new RegExp(`(?![ \\t\\n]|\\r\\n)[${CLASSES}]`, 'gu')

/** The escape sequences that `ansis` writes, except the one for hidden text. */
const COLOUR = new RegExp(`${String.fromCharCode(0x1b)}\\[(?:[01234679]|[2-4]\\d|9\\d)m`)
const HIDDEN_OR_COLOUR = new RegExp(`${COLOUR.source}|${HIDDEN.source}`, 'gu')

/** `##[command]`, `##vso[...]`, `##teamcity[...]`: GitHub, Azure and TeamCity recognize them anywhere in a line. */
const COMMAND_ANYWHERE = /##(?=\w*\[)/g

/** `::command::` of GitHub, which may follow spaces and tabs. */
const COMMAND_AT_START = /^([ \t]*):(?=:)/gm

function escaped(character: string): string {
  const point = character.codePointAt(0) ?? 0
  const digits = point.toString(16)
  return point > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`
}

/** JSON has no escapes for code points above \uffff: each is written as two code units. */
function inUnits(character: string): string {
  return Array.from({length: character.length}, (_, index) => escaped(character.charAt(index))).join('')
}
