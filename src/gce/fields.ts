/** Reads fields of the JSON that gcloud prints. Any field may be absent. */
export type JsonFields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): JsonFields {
  return typeof value === 'object' && value !== null ? (value as JsonFields) : {}
}

/** The value at a path; undefined if the path does not exist. */
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

/** The last segment of a resource URL. */
export function lastName(link: string): string {
  return link.slice(link.lastIndexOf('/') + 1)
}

/** Whether two lists have the same texts, in any order. */
export function sameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  const [a, b] = [one, other].map((list) => JSON.stringify([...new Set(list.map(String))].sort()))
  return a === b
}
