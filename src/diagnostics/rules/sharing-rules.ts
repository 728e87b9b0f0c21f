/** Listeners that several Services share: by server name (SNI), or by weight. */
import {listed, quote, rule, trimmed} from '../rule.js'

type WinnerArgs = {
  listener: string
  /** `Service NAMESPACE/NAME`, or another port of the same Service. */
  winner: string
  /** Why the other Service takes precedence; absent for another port of the same Service. */
  why?: string
}

type SettingsArgs = WinnerArgs & {
  settings: readonly string[]
  /** True if a newer NGINX can serve both, because only their TLS differs. */
  needsCertificatePerName?: true
}

const KEY = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/

function because(why: string | undefined): string {
  return why === undefined ? '' : ` (${why})`
}

export const SHARING_RULES = {
  'host-invalid': rule({
    severity: 'error',
    message: ({text, why}: {text: string; why: string; instead?: string}) =>
      `${quote(text)} is not a valid host name: ${why}; lbex does not serve this name`,
    hint: ({instead}) =>
      instead === undefined
        ? 'use a DNS name ("api.example.com"), all names below one ("*.example.com"), or "*" for all other connections'
        : `use ${quote(instead)}`,
    reason:
      'Clients send the server name in ASCII, without a trailing dot, and never for an IP address (RFC 6066). A name in another form would never match.',
  }),
  'host-repeated': rule({
    severity: 'warning',
    message: ({name}: {name: string}) => `${quote(name)} is listed more than once`,
    hint: () => 'remove the duplicate; upper and lower case are equal in host names',
    reason: 'A duplicate has no effect, and is often a mistake in a name that should be different.',
  }),
  'hosts-empty': rule({
    severity: 'error',
    message: () => 'hosts has no valid host name; this port is not exposed',
    hint: () => 'list host names, separated by commas: "api.example.com, *.example.org"',
    reason: 'Without its names, the port would take all connections of the listener.',
  }),
  'hosts-over-limit': rule({
    severity: 'error',
    message: ({names, limit}: {names: number; limit: number}) =>
      `the limit is ${limit} host names; a port with ${names} of them exceeds it and is not exposed`,
    hint: () => 'spread the names over several Services, or use "*.example.com" for all names of a domain',
    reason:
      'Each name of each port counts once for each listen address and each source range, because each costs memory. The Services of one namespace also have limits for each listener: 1,000 names, and 100 ports that share one name.',
  }),
  'host-conflict': rule({
    severity: 'error',
    message: ({name, listener, winner, why, wildcard}: WinnerArgs & {name: string; wildcard?: string}) =>
      `host ${quote(name)} of ${listener} is already allocated to ${winner}${wildcard === undefined ? '' : ` with ${quote(wildcard)}`}${because(why)}; this Service does not get its connections`,
    hint: ({why, wildcard}) => {
      if (why === undefined) return 'remove the name from one of the two ports'
      return wildcard === undefined
        ? 'choose another name, or give both Services the same loadbalancer.lbex/shared-listener if they are in one namespace'
        : 'choose a name that is not below a wildcard of another namespace'
    },
    reason:
      'A name of a listener has one owner: the older Service, or the first by namespace/name if both have the same age. A wildcard also reserves the names below it from Services of other namespaces.',
  }),
  'shared-settings-differ': rule({
    severity: 'error',
    message: ({listener, winner, why, settings}: SettingsArgs) =>
      `${listener} is shared with ${winner}${because(why)}, which has another value of ${listed(settings)}; this port is not exposed`,
    hint: ({needsCertificatePerName}) =>
      needsCertificatePerName
        ? 'use the same values as the other Service, another listen port, or NGINX 1.25.5 or newer'
        : 'use the same values as the other Service, or choose another listen port',
    reason:
      'These settings apply to the whole listener in NGINX, so all Services that share it need the same values. The oldest Service decides. Services with different host names may have different source ranges; and, if NGINX 1.25.5 or newer terminates TLS, different certificates, client authorities and TLS to the backends.',
  }),
  'shared-listener-invalid': rule({
    severity: 'error',
    message: ({value}: {value: string}) =>
      `${quote(value)} is not a valid key of a shared listener; this port is not exposed`,
    hint: () =>
      'use letters, digits, "-", "_" and ".", with a letter or digit at both ends, at most 63 characters',
    fix: ({value}) => trimmed(value, (text) => KEY.test(text)),
    reason: 'With an invalid key, lbex does not know which Services share the listener.',
  }),
  'weight-unused': rule({
    severity: 'warning',
    message: () => 'weight has no effect without loadbalancer.lbex/shared-listener',
    hint: () =>
      'give each Service that shares the listener the same loadbalancer.lbex/shared-listener, or remove the weight',
    reason: 'Weights divide the traffic of a listener among the Services that share it.',
  }),
  'weights-zero': rule({
    severity: 'warning',
    message: ({traffic}: {traffic: string}) =>
      `all Services that share ${traffic} have weight 0; NGINX rejects this traffic`,
    hint: () => 'set loadbalancer.lbex/weight of at least one of them to 1 or more',
    reason:
      'A Service with weight 0 gets no traffic. lbex does not send it to a Service that did not ask for it.',
  }),
} as const
