/** The settings of listeners and upstreams, for a whole Service or for one of its ports. */
import {listed, quote, rule, trimmed} from '../rule.js'

type UnknownPortArgs = {
  /** The key of the setting for the whole Service. */
  setting: string
  name: string
  known: readonly string[]
  nearest?: string
  /** The only similar name, if there is one. */
  only?: string
}

function noSuchPort({name, known}: UnknownPortArgs): string {
  return `the Service has no port named ${quote(name)}; it has ${known.length ? listed(known, quote) : 'no named ports'}`
}

const OBSTACLES = {
  capability: {
    why: 'it does not have the capability CAP_NET_ADMIN',
    fix: 'add CAP_NET_ADMIN to AmbientCapabilities and CapabilityBoundingSet of lbex.service (systemctl edit lbex); in a Pod, run lbex as root and add NET_ADMIN to its capabilities',
  },
  program: {why: 'there is no program ss', fix: 'install iproute2 (Alpine: iproute2-ss, RHEL: iproute)'},
} as const

export const SETTING_RULES = {
  'setting-port-unknown': rule({
    severity: 'warning',
    message: (args: UnknownPortArgs) => `${noSuchPort(args)}; the annotation has no effect`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`),
    fix: ({setting, only}) => (only === undefined ? undefined : {on: 'key', text: `${setting}.${only}`}),
    reason:
      'The part after the dot of loadbalancer.lbex/SETTING.PORT-NAME is the name of a port of the Service.',
  }),
  'setting-invalid': rule({
    severity: 'warning',
    message: ({
      value,
      form,
      fallback,
    }: {
      value: string
      form: string
      fallback: string | undefined
      isValid: (text: string) => boolean
    }) =>
      `${quote(value)} is not ${form}; the default${fallback === undefined ? '' : ` ${fallback}`} applies`,
    hint: ({form}) => `write ${form}`,
    fix: ({value, isValid}) => trimmed(value, isValid),
    reason: 'The setting does not have such a value, so lbex uses the default.',
  }),
  'setting-unused': rule({
    severity: 'warning',
    message: ({key, why}: {key: string; why: string; advice: string}) => `${key} has no effect: ${why}`,
    hint: ({advice}) => advice,
    reason: 'Another setting of the same port makes this one irrelevant.',
  }),
  'health-check-weak': rule({
    severity: 'info',
    message: ({why}: {why: string; advice: string}) => `the health check finds less than it seems to: ${why}`,
    hint: ({advice}) => advice,
    reason: 'A check that finds little lets a backend that does not work get traffic.',
  }),
  'drain-unavailable': rule({
    severity: 'warning',
    message: ({obstacle}: {obstacle: 'capability' | 'program'}) =>
      `lbex cannot end connections on this host, because ${OBSTACLES[obstacle].why}; those to backends that are not used any more last until they end by themselves`,
    hint: ({obstacle}) => OBSTACLES[obstacle].fix,
    reason:
      'lbex ends connections of NGINX through the kernel, with the program ss. Without it, the setting has no effect; everything else is served.',
  }),
  'guard-invalid': rule({
    severity: 'error',
    message: ({value, form}: {value: string; form: string; isValid: (text: string) => boolean}) =>
      `${quote(value)} is not ${form}; the port is not exposed`,
    hint: ({form}) => `write ${form}`,
    fix: ({value, isValid}) => trimmed(value, isValid),
    reason:
      'The setting protects the Service or its backends. If lbex ignored it, the port would be open to clients that it must not serve, or the backends would not understand what they get.',
  }),
  'guard-misspelt': rule({
    severity: 'error',
    message: ({key, nearest}: {key: string; nearest: string; certain?: boolean}) =>
      `unknown annotation ${key}, most likely a misspelt ${nearest}; no port of this Service is exposed`,
    hint: ({nearest}) => `did you mean ${nearest}?`,
    fix: ({nearest, certain}) => (certain ? {on: 'key', text: nearest} : undefined),
    reason:
      'The setting protects the Service or its backends. If lbex ignored it, the port would be open to clients that it must not serve, or the backends would not understand what they get.',
  }),
  'guard-port-unknown': rule({
    severity: 'error',
    message: (args: UnknownPortArgs) => `${noSuchPort(args)}; no port of this Service is exposed`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`),
    fix: ({setting, only}) => (only === undefined ? undefined : {on: 'key', text: `${setting}.${only}`}),
    reason:
      'The setting protects a port of the Service. If lbex ignored it because its name is misspelt, that port would not be protected, so lbex exposes none of them.',
  }),
  'guard-protocol': rule({
    severity: 'error',
    message: ({key, protocol}: {key: string; protocol: string}) =>
      `${key} is not possible with ${protocol}; this port is not exposed`,
    hint: ({key, protocol}) =>
      `set it only for the other ports: ${key}.PORT-NAME; for ${protocol}, remove it`,
    reason:
      'The PROXY protocol begins a TCP connection; a UDP backend would get the header as data. Rate limits would cut datagrams. NGINX cannot read server names from UDP.',
  }),
  'setting-unavailable': rule({
    severity: 'error',
    message: ({setting, nginx}: {setting: string; nginx: string; needs: string}) =>
      `${nginx} does not support ${setting}; this port is not exposed`,
    hint: ({needs}) => needs,
    reason:
      'Backends that expect a PROXY protocol header do not understand a connection without it, and a client address that lbex cannot read must not be ignored. Without its server names, a port would get the connections of others.',
  }),
} as const
