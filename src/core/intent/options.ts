/** Options of the operator that select Services and ports. Every field has a default in DEFAULT_INTENT_OPTIONS. */
import {CLASS_VALUE, type ANNOTATIONS} from './annotations.js'
import type {PoolOptions} from './pool-request.js'

export type Affinity = 'default' | 'strict' | 'anti'

export type IntentOptions = PoolOptions & {
  /** Serve only these namespaces; empty for all. */
  readonly namespaces: readonly string[]
  readonly excludedNamespaces: readonly string[]
  /** `name` (in any namespace) or `namespace/name`; absent for all Services. */
  readonly serviceName?: string
  /** The pool of this lbex; empty if it has none. */
  readonly servicePool: string
  /** default: Services without a pool or with the same pool; strict: only the same pool; anti: only other pools. */
  readonly affinity: Affinity
  /** If false, a port without an annotation is exposed at the number of the Service port. */
  readonly requirePort: boolean
  /** The upstream type of Services without the annotation. */
  readonly defaultUpstreamType: (typeof ANNOTATIONS.upstreamType.values)[number]
  /** The zone of this host, as in the label topology.kubernetes.io/zone of a node; absent if it is not known. */
  readonly zone?: string
  /** Source ranges times ports of one Service; beyond it the Service is closed. */
  readonly maxSourceRangesPerService: number
  /** By key: valid values of settings that a Service does not set itself (`--default-SETTING`). */
  readonly defaultSettings: Readonly<Record<string, string>>
}

export const DEFAULT_INTENT_OPTIONS: IntentOptions = {
  className: CLASS_VALUE,
  defaultLoadBalancer: false,
  namespaces: [],
  excludedNamespaces: [],
  servicePool: '',
  affinity: 'default',
  requirePort: true,
  defaultUpstreamType: 'node',
  maxSourceRangesPerService: 10_000,
  defaultSettings: {},
  addressPools: {pools: [], hostAddresses: new Set()},
}
