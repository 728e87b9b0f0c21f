/** Reads what gcloud prints as JSON: everything may be absent. */
export type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** What stands at a path; undefined where it does not go that far. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => fieldsOf(inner)[key], value)
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const text = at(value, ...path)
  return typeof text === 'string' || typeof text === 'number' ? String(text) : ''
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const list = at(value, ...path)
  return Array.isArray(list) ? list : []
}

/** The name at the end of a link. */
export function lastName(link: string): string {
  return link.slice(link.lastIndexOf('/') + 1)
}

/** Whether two lists hold the same texts, in whatever order. */
export function sameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  const [a, b] = [one, other].map((list) => JSON.stringify([...new Set(list.map(String))].sort()))
  return a === b
}
