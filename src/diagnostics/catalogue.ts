/** Every diagnostic of lbex: severity, message, hint and reason. docs/diagnostics.md is generated from it. */
import type {DiagnosticRule} from './rule.js'
import {ADDRESS_RULES} from './rules/address-rules.js'
import {ANNOTATION_RULES} from './rules/annotation-rules.js'
import {CHECK_RULES} from './rules/check-rules.js'
import {FIELD_RULES} from './rules/field-rules.js'
import {LIMIT_RULES} from './rules/limit-rules.js'
import {MANIFEST_RULES} from './rules/manifest-rules.js'
import {NGINX_RULES} from './rules/nginx-rules.js'
import {POOL_RULES} from './rules/pool-rules.js'
import {PORT_RULES} from './rules/port-rules.js'
import {SELECTION_RULES} from './rules/selection-rules.js'
import {SETTING_RULES} from './rules/setting-rules.js'
import {SHARING_RULES} from './rules/sharing-rules.js'
import {TLS_RULES} from './rules/tls-rules.js'
import {UPSTREAM_RULES} from './rules/upstream-rules.js'

export const CATALOGUE = {
  ...MANIFEST_RULES,
  ...SELECTION_RULES,
  ...FIELD_RULES,
  ...PORT_RULES,
  ...ADDRESS_RULES,
  ...POOL_RULES,
  ...ANNOTATION_RULES,
  ...SETTING_RULES,
  ...SHARING_RULES,
  ...TLS_RULES,
  ...UPSTREAM_RULES,
  ...LIMIT_RULES,
  ...NGINX_RULES,
  ...CHECK_RULES,
} as const

export type DiagnosticCode = keyof typeof CATALOGUE

/** All codes, in the order of the documentation. */
export const CODES = Object.keys(CATALOGUE) as readonly DiagnosticCode[]

export function isCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(CATALOGUE, text)
}

export type CodeArguments<C extends DiagnosticCode> =
  (typeof CATALOGUE)[C] extends DiagnosticRule<infer A> ? A : never
