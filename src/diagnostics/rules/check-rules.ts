/** What only `lbex check` looks at: ignores, its configuration, and Services that only their pools keep apart. */
import {quote, rule} from '../rule.js'

export const CHECK_RULES = {
  'node-port-conflict': rule({
    severity: 'error',
    message: ({nodePort, other}: {nodePort: string; other: string}) =>
      `node port ${nodePort} is already taken by ${other}`,
    hint: () => 'choose another node port, or leave nodePort out and the API server chooses one',
    reason: 'A node port belongs to one Service of the cluster: the API server refuses the second one.',
  }),
  'pool-overlap': rule({
    severity: 'warning',
    message: ({listener, other}: {listener: string; other: string; pool: string; shared: boolean}) =>
      `${other} asks for ${listener} too: only service-pool keeps the two apart`,
    hint: ({pool, shared}) =>
      shared
        ? `a Service without a pool is served by every pool: give it one, or choose another listen port than in pool ${quote(pool)}`
        : 'an lbex with --anti-affinity may serve both: choose another listen port, or one Service without a pool',
    reason:
      'Which lbex serves what depends on how each is run. Where one serves both pools, only one of the two Services gets the listener.',
  }),
  'ignore-unused': rule({
    severity: 'warning',
    message: ({code}: {code: string}) => `nothing is ignored here: there is no ${code}`,
    hint: () => 'remove it: it would hide the next finding of this kind',
    reason:
      'An ignore that has outlived its finding says something untrue, and hides the next one of its kind.',
  }),
  'ignore-unknown': rule({
    severity: 'warning',
    message: ({code}: {code: string; nearest?: string}) => `there is no finding ${quote(code)} to ignore`,
    hint: ({nearest}) =>
      nearest === undefined ? 'lbex check --list-rules shows all codes' : `did you mean ${nearest}?`,
    reason: 'A misspelt code ignores nothing.',
  }),
  'config-invalid': rule({
    severity: 'error',
    message: ({problem}: {problem: string; nearest?: string}) => problem,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${nearest}?`),
    reason: 'A configuration that is not understood would not do what its author wants.',
  }),
} as const
