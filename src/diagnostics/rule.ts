/** What an entry of the catalogue consists of, and helpers to quote and list names in its messages. */

/** error: something is not served. warning: it is served, but not as requested. info: good to know. */
export type Severity = 'error' | 'warning' | 'info'

/** The correct key or value of the diagnostic's field, if there is no doubt about it; `text` is without quotes. */
export type Fix = {readonly on: 'key' | 'value'; readonly text: string}

export type DiagnosticRule<A> = {
  readonly severity: Severity
  readonly message: (args: A) => string
  /** What to write, or what to do. */
  readonly hint?: (args: A) => string | undefined
  /** What `lbex check --fix` may write. */
  readonly fix?: (args: A) => Fix | undefined
  /** Why lbex reports it, for the documentation. */
  readonly reason: string
  /** The first version that reports it; absent if it is FIRST_VERSION. */
  readonly since?: string
}

export const FIRST_VERSION = '2.0.0'

/** Lets TypeScript infer the arguments of each rule from its message. */
export function rule<A>(definition: DiagnosticRule<A>): DiagnosticRule<A> {
  return definition
}

/** In quotes, and shortened if it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
}

/** `node a`, `nodes a, b`, `nodes a, b, c, d, e and 7 more`. */
export function some(noun: string, names: readonly string[]): string {
  return `${noun}${names.length === 1 ? '' : 's'} ${listed(names, short, 5)}`
}

/** `a, b`, or `a, b and 7 more`: an object can have thousands. */
export function listed(names: readonly string[], show: (name: string) => string = short, limit = 20): string {
  const shown = names.slice(0, limit).map(show).join(', ')
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown
}

/** The key of an annotation has at most 317 characters, a name at most 253. */
function short(name: string): string {
  return name.length > 320 ? `${name.slice(0, 317)}...` : name
}

/** The value without the spaces around it, if that makes it valid. */
export function trimmed(value: string, isValid: (text: string) => boolean): Fix | undefined {
  const text = value.trim()
  return text !== value && isValid(text) ? {on: 'value', text} : undefined
}
