/** What the table of annotations says about each of them. */
export type AnnotationKind =
  | 'class'
  | 'port'
  | 'enum'
  | 'boolean'
  | 'address'
  | 'addresses'
  | 'ranges'
  | 'pool'
  | 'codes'
  | 'duration'
  | 'count'
  | 'rate'
  | 'text'
  | 'hosts'
  | 'key'
  | 'secret'
  | 'backend-tls'

export type AnnotationEntry = {
  /** The whole key; if it ends in `/`, the name of a Service port follows. */
  readonly key: string
  readonly kind: AnnotationKind
  /** The allowed values; empty if they are not a fixed set. */
  readonly values: readonly string[]
  /** For numbers; durations are in milliseconds, rates in bytes per second. */
  readonly range?: {readonly least: number; readonly most: number; readonly step?: number}
  /** For texts, and for the settings of TLS: undefined for a value that is not valid. */
  readonly parse?: (text: string) => unknown
  /** The form of the value, as a phrase. */
  readonly form: string
  /** The default, used if the annotation is absent or its value is invalid. */
  readonly fallback?: string
  readonly required: 'always' | 'unless --require-port=false' | 'no'
  readonly description: string
  /** True if `KEY.PORT-NAME` sets it for one port, and takes precedence over KEY. */
  readonly perPort?: true
  /** True if the flag `--default-SETTING` sets it for all Services of a host. */
  readonly hasFlag?: true
  /** True if the value `off` is accepted too: it overrides the flag. */
  readonly canBeOff?: true
  /** True if ignoring it would open or break what the author protects: an invalid value closes the port. */
  readonly guards?: true
  /** The only protocol that it is for; absent if it is for both. */
  readonly protocol?: 'TCP' | 'UDP'
  /** A value, for the documentation. */
  readonly example?: string
  /** The key to use instead. */
  readonly deprecatedFor?: string
}

export function entry<const E extends AnnotationEntry>(definition: E): E {
  return definition
}

/** The form of the values for a message. */
export function formOf({kind, values, form}: AnnotationEntry): string {
  return kind === 'enum' ? `one of ${values.join(', ')}` : form.replaceAll('`', '')
}
