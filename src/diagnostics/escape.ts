/**
 * The one way in which text leaves lbex. Names of objects and files, words of NGINX, of an API server and of other processes may
 * hold characters that a terminal obeys, that no reader sees, or that a build server takes for a command. They are shown as
 * escapes: `8080\u200b`.
 */

/** text: for people, in lines. json: its value stays the same. commands: lines that are meant for a build server. */
export type Medium = 'text' | 'json' | 'commands'

/** `colour`: keep the colours of lbex itself. */
export function escapeFor(medium: Medium, text: string, {colour = false} = {}): string {
  const shown = text.replaceAll(colour ? HIDDEN_OR_COLOUR : HIDDEN, (found) =>
    colour && COLOUR.test(found) ? found : medium === 'json' ? inUnits(found) : escaped(found),
  )
  if (medium === 'json') return shown.replaceAll(COMMAND_ANYWHERE, '#\\u0023')
  const inert = shown.replaceAll(COMMAND_ANYWHERE, '# #')
  return medium === 'text' ? inert.replaceAll(COMMAND_AT_START, '$1: :') : inert
}

/** A text within one line, with nothing in it that is invisible. */
export function oneLine(text: string): string {
  return text.replaceAll(INVISIBLE, escaped)
}

/** A text of the same length, with a question mark for each unit that would not be seen. */
export function withoutHidden(text: string): string {
  return text.replaceAll(INVISIBLE, (found) => '?'.repeat(found.length))
}

/** Controls, marks of writing direction, separators but the blank, halves of surrogate pairs, and what has no width. */
const CLASSES = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Z}\\p{Default_Ignorable_Code_Point}'

const INVISIBLE = new RegExp(`(?! )[${CLASSES}]`, 'gu')

/** Within a text of several lines the ends of lines and tabs are no surprise. */
const HIDDEN = new RegExp(`(?![ \\t\\n]|\\r\\n)[${CLASSES}]`, 'gu')

/** As `ansis` writes them; the hidden style is not among them. */
const COLOUR = new RegExp(`${String.fromCharCode(0x1b)}\\[(?:[01234679]|[2-4]\\d|9\\d)m`)
const HIDDEN_OR_COLOUR = new RegExp(`${COLOUR.source}|${HIDDEN.source}`, 'gu')

/** `##[command]`, `##vso[...]`, `##teamcity[...]`: GitHub, Azure and TeamCity look for them anywhere in a line. */
const COMMAND_ANYWHERE = /##(?=\w*\[)/g

/** `::command::` of GitHub, after blanks too. */
const COMMAND_AT_START = /^([ \t]*):(?=:)/gm

function escaped(character: string): string {
  const point = character.codePointAt(0) ?? 0
  const digits = point.toString(16)
  return point > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`
}

/** JSON knows no code points above \uffff: they are written in two units. */
function inUnits(character: string): string {
  return Array.from({length: character.length}, (_, index) => escaped(character.charAt(index))).join('')
}
