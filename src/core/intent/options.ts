/** What the operator decides about which Services are served. Every field has a default in DEFAULT_INTENT_OPTIONS. */
export type Affinity = 'default' | 'strict' | 'anti'

export type IntentOptions = {
  /** Only these namespaces; empty for all. */
  readonly namespaces: readonly string[]
  readonly excludedNamespaces: readonly string[]
  /** `name` (in any namespace) or `namespace/name`; absent for all Services. */
  readonly serviceName?: string
  /** Pool of this lbex; empty equals absent. */
  readonly servicePool: string
  /** default: Services without a pool or with ours; strict: pools are equal; anti: pools differ. */
  readonly affinity: Affinity
  /** False: the listen port of a port without annotation is its service port. */
  readonly requirePort: boolean
  /** Source ranges times ports of one Service; beyond it the Service is closed. */
  readonly maxSourceRangesPerService: number
}

export const DEFAULT_INTENT_OPTIONS: IntentOptions = {
  namespaces: [],
  excludedNamespaces: [],
  servicePool: '',
  affinity: 'default',
  requirePort: true,
  maxSourceRangesPerService: 10_000,
}
