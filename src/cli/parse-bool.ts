/** Parses booleans as Go's strconv.ParseBool does, which lbex 1.x used: https://pkg.go.dev/strconv#ParseBool */
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True']
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False']

export const BOOLEAN_FORMS = 'true or false (also 1, t, T, TRUE, True, 0, f, F, FALSE, False)'

/** Undefined if `text` is not a boolean. */
export function parseBool(text: string): boolean | undefined {
  if (TRUE.includes(text)) return true
  return FALSE.includes(text) ? false : undefined
}
