/** The settings of listeners and upstreams, for a whole Service or for one of its ports. */
import {listed, quote, rule} from '../rule.js'

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

export const SETTING_RULES = {
  'setting-port-unknown': rule({
    severity: 'warning',
    message: (args: UnknownPortArgs) => `${noSuchPort(args)}; the annotation has no effect`,
    hint: ({nearest}) => (nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`),
    fix: ({setting, only}) => (only === undefined ? undefined : {on: 'key', text: `${setting}.${only}`}),
    reason:
      'The part after the dot of loadbalancer.lbex/SETTING.PORT-NAME is the name of a port of the Service.',
  }),
} as const
