/** An example for each code, for docs/diagnostics.md and `lbex check --explain`. */
import type {DiagnosticCode} from '../catalogue.js'
import type {Example} from './example.js'
import {ANNOTATION_EXAMPLES} from './annotation-examples.js'
import {CLUSTER_EXAMPLES} from './cluster-examples.js'
import {FIELD_EXAMPLES} from './field-examples.js'
import {LIMIT_EXAMPLES} from './limit-examples.js'
import {MANIFEST_EXAMPLES} from './manifest-examples.js'
import {POOL_EXAMPLES} from './pool-examples.js'
import {PORT_EXAMPLES} from './port-examples.js'
import {SETTING_EXAMPLES} from './setting-examples.js'
import {SHARING_EXAMPLES} from './sharing-examples.js'
import {TLS_EXAMPLES} from './tls-examples.js'

export const EXAMPLES: Readonly<Record<DiagnosticCode, Example>> = {
  ...MANIFEST_EXAMPLES,
  ...PORT_EXAMPLES,
  ...POOL_EXAMPLES,
  ...FIELD_EXAMPLES,
  ...ANNOTATION_EXAMPLES,
  ...SETTING_EXAMPLES,
  ...SHARING_EXAMPLES,
  ...TLS_EXAMPLES,
  ...CLUSTER_EXAMPLES,
  ...LIMIT_EXAMPLES,
}
