/** Diagnostics of `lbex check` only: about ignores, its configuration, and conflicts that only service pools prevent. */
import {quote, rule} from '../rule.js'

export const CHECK_RULES = {
  'node-port-conflict': rule({
    severity: 'error',
    message: ({nodePort, other}: {nodePort: string; other: string}) =>
      `node port ${nodePort} is already allocated to ${other}`,
    hint: () => 'choose another node port, or omit nodePort so that the API server allocates one',
    reason:
      'A node port belongs to one Service of the cluster: the API server rejects the second Service that has it.',
  }),
  'pool-overlap': rule({
    severity: 'warning',
    message: ({listener, other}: {listener: string; other: string; pool: string; shared: boolean}) =>
      `${other} also asks for ${listener}; only service-pool keeps the two Services apart`,
    hint: ({pool, shared}) =>
      shared
        ? `every pool serves a Service without a pool: set its pool, or choose another listen port than in pool ${quote(pool)}`
        : 'an lbex with --anti-affinity may serve both: choose another listen port, or use one Service without a pool',
    reason:
      'The flags of each lbex decide which Services it serves. If one lbex serves both pools, only one of the two Services gets the listener.',
  }),
  'ignore-unused': rule({
    severity: 'warning',
    message: ({code}: {code: string}) => `this ignore has no effect: there is no ${code} here`,
    hint: () => 'remove the ignore; it would hide the next finding of this kind',
    reason: 'An ignore without a finding is out of date, and would hide the next finding of its kind.',
  }),
  'ignore-unknown': rule({
    severity: 'warning',
    message: ({code}: {code: string; nearest?: string}) => `${quote(code)} is not the code of a finding`,
    hint: ({nearest}) =>
      nearest === undefined ? 'lbex check --list-rules shows all codes' : `did you mean ${nearest}?`,
    reason: 'A misspelt code ignores nothing.',
  }),
  'config-invalid': rule({
    severity: 'error',
    message: ({problem}: {problem: string; nearest?: string}) => problem,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${nearest}?`),
    reason: 'If lbex ignored an invalid setting, it would not do what the author of the configuration wants.',
  }),
} as const
