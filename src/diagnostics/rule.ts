/** The form of a rule in the catalogue, and how its sentences quote and list. */

/** error: something that was asked is not served. warning: it is served, but not as asked. info: good to know. */
export type Severity = 'error' | 'warning' | 'info'

export type Rule<A> = {
  readonly severity: Severity
  readonly message: (args: A) => string
  /** What to write or do instead. */
  readonly hint?: (args: A) => string | undefined
  /** Why this is worth a finding, for the documentation. */
  readonly reason: string
}

/** Lets the catalogue infer each rule's arguments from its message. */
export function rule<A>(definition: Rule<A>): Rule<A> {
  return definition
}

/** In quotes, and shortened where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
}

/** `node a`, `nodes a, b`, `nodes a, b, c, d, e and 7 more`. */
export function some(noun: string, names: readonly string[], limit = 5): string {
  const shown = names.slice(0, limit).join(', ')
  const more = names.length > limit ? ` and ${names.length - limit} more` : ''
  return `${noun}${names.length === 1 ? '' : 's'} ${shown}${more}`
}
