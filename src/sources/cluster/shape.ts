/** Validates the types of what an API server sends: after that, every value has its declared type. */

/** Returns the value without nulls and without fields that lbex does not read. Throws a ShapeError. */
export type Read<T> = (value: unknown) => T

/** A value does not have the type of the API. The message names the field. */
class ShapeError extends TypeError {
  override readonly name = 'ShapeError'

  constructor(
    readonly expected: string,
    readonly path: readonly string[] = [],
  ) {
    super(`${path.join('.').replaceAll('.[', '[') || 'it'} must be ${expected}`)
  }

  below(key: string): ShapeError {
    return new ShapeError(this.expected, [key, ...this.path])
  }
}

export const text: Read<string> = (value) => {
  if (typeof value !== 'string') throw new ShapeError('a string')
  return value
}

export const flag: Read<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new ShapeError('true or false')
  return value
}

export const integer: Read<number> = (value) => {
  if (!Number.isSafeInteger(value)) throw new ShapeError('an integer')
  return value as number
}

/** `from`: 1, or 0 for a field in which 0 means "not set". */
export function portNumber(from: 0 | 1): Read<number> {
  return (value) => {
    const number = integer(value)
    if (number < from || number > 65_535) throw new ShapeError(`from ${from} to 65535`)
    return number
  }
}

export const integerOrText: Read<number | string> = (value) => {
  if (typeof value !== 'string' && !Number.isSafeInteger(value))
    throw new ShapeError('an integer or a string')
  return value as number | string
}

/** A mapping of strings to strings. */
export const texts: Read<Readonly<Record<string, string>>> = (value) => {
  const mapping = asMapping(value)
  for (const [key, item] of Object.entries(mapping)) within(key, () => text(item))
  return mapping as Record<string, string>
}

export function oneOf<T extends string>(...words: readonly T[]): Read<T> {
  return (value) => {
    if (!words.includes(value as T)) throw new ShapeError(words.join(' or '))
    return value as T
  }
}

export function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value) => (value === undefined || value === null ? undefined : read(value))
}

export function list<T>(read: Read<T>): Read<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new ShapeError('a list')
    return value.map((item: unknown, at) => within(`[${at}]`, () => read(item)))
  }
}

export function mapping<T extends object>(fields: {readonly [K in keyof T]-?: Read<T[K]>}): Read<T> {
  const entries = Object.entries<Read<unknown>>(fields)
  return (value) => {
    const given = asMapping(value)
    const taken: Record<string, unknown> = {}
    for (const [key, read] of entries) {
      const field = within(key, () => read(given[key]))
      if (field !== undefined) taken[key] = field
    }
    return taken as T
  }
}

function asMapping(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ShapeError('a mapping')
  return value as Record<string, unknown>
}

function within<T>(key: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof ShapeError ? error.below(key) : error
  }
}
