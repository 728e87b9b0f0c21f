/** The form of a rule in the catalogue, and how its sentences quote and list. */

/** error: something that was asked is not served. warning: it is served, but not as asked. info: good to know. */
export type Severity = 'error' | 'warning' | 'info'

/** What the key or the value of the finding's field must be, where that is beyond doubt: the text it stands for, without quotes. */
export type Fix = {readonly on: 'key' | 'value'; readonly text: string}

export type Rule<A> = {
  readonly severity: Severity
  readonly message: (args: A) => string
  /** What to write or do instead. */
  readonly hint?: (args: A) => string | undefined
  /** What a machine may write in its place. */
  readonly fix?: (args: A) => Fix | undefined
  /** Why this is worth a finding, for the documentation. */
  readonly reason: string
  /** The version that reported it first; absent for the first one. */
  readonly since?: string
}

export const FIRST_VERSION = '2.0.0'

/** Lets the catalogue infer each rule's arguments from its message. */
export function rule<A>(definition: Rule<A>): Rule<A> {
  return definition
}

/** In quotes, and shortened where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
}

/** `node a`, `nodes a, b`, `nodes a, b, c, d, e and 7 more`. */
export function some(noun: string, names: readonly string[]): string {
  return `${noun}${names.length === 1 ? '' : 's'} ${listed(names, short, 5)}`
}

/** `a, b`, or `a, b and 7 more`: an object can hold thousands. */
export function listed(names: readonly string[], show: (name: string) => string = short, limit = 20): string {
  const shown = names.slice(0, limit).map(show).join(', ')
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown
}

/** A key of an annotation has 317 characters at most, a name 253. */
function short(name: string): string {
  return name.length > 320 ? `${name.slice(0, 317)}...` : name
}

/** Writes a value without the spaces around it, where it then is a valid one. */
export function trimmed(value: string, isValid: (text: string) => boolean): Fix | undefined {
  const text = value.trim()
  return text !== value && isValid(text) ? {on: 'value', text} : undefined
}
