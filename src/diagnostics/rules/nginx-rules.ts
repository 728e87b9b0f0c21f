/** What NGINX, or the wall in front of it, refuses. */
import {quote, rule} from '../rule.js'

export const NGINX_RULES = {
  'value-refused': rule({
    severity: 'error',
    message: ({value, place}: {value: string; place: string}) =>
      `${quote(value)} must not reach the NGINX configuration (${place}); the Service is not served`,
    hint: () => 'please report this: a value of this form should have been refused earlier',
    reason:
      'The template layer lets only numbers, addresses and plain words through, whatever comes before it.',
  }),
  'nginx-refused': rule({
    severity: 'error',
    message: ({problem, kept}: {problem: string; kept: boolean}) =>
      `NGINX refuses the configuration of this Service: ${problem}; ${kept ? 'its last good configuration stays' : 'it is left out'}`,
    hint: () => 'lbex tries again when the Service changes',
    reason: 'One Service that NGINX does not accept must not keep the others from being applied.',
  }),
  'nginx-exhausted': rule({
    severity: 'error',
    message: ({problem, kept}: {problem: string; kept: boolean}) =>
      `NGINX cannot test its configuration with this Service: ${problem}; ${kept ? 'its last good configuration stays' : 'it is left out'}`,
    hint: () =>
      'give NGINX more memory, or lower --max-listeners-per-service and --max-servers-per-service; lbex tries again after 10 minutes',
    reason:
      'A Service that costs more memory or time than the host has must not keep the others from being applied.',
  }),
} as const
