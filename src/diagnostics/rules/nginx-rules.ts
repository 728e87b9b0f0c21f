/** What NGINX, or the check of the output of the templates, rejects. */
import {quote, rule} from '../rule.js'

export const NGINX_RULES = {
  'value-refused': rule({
    severity: 'error',
    message: ({value, place}: {value: string; place: string}) =>
      `${quote(value)} is not allowed in the NGINX configuration (${place}); the Service is not served`,
    hint: () => 'please report this bug: lbex should have rejected the value earlier',
    reason:
      'As a last check, the templates accept only numbers, addresses and plain words, whatever the earlier stages let through.',
  }),
  'nginx-refused': rule({
    severity: 'error',
    message: ({problem, kept}: {problem: string; kept: boolean}) =>
      `NGINX rejects the configuration of this Service: ${problem}; ${outcome(kept)}`,
    hint: () => 'lbex retries when the Service changes',
    reason: 'A Service that NGINX rejects must not prevent changes to other Services.',
  }),
  'nginx-exhausted': rule({
    severity: 'error',
    message: ({problem, kept}: {problem: string; kept: boolean}) =>
      `NGINX cannot test the configuration with this Service: ${problem}; ${outcome(kept)}`,
    hint: () =>
      'give NGINX more memory, or lower --max-listeners-per-service and --max-servers-per-service; lbex retries after 10 minutes',
    reason:
      'A Service that needs more memory or time than the host has must not prevent changes to other Services.',
  }),
} as const

function outcome(kept: boolean): string {
  return kept ? 'its last good configuration stays active' : 'the Service is not served'
}
