/** Which addresses of the host a Service listens on. */
import {listed, quote, rule} from '../rule.js'

type UnknownArgs = {
  /** The entries that the host does not have. */
  values: readonly string[]
  /** `public (192.0.2.10)`, `192.0.2.11`: what the host has. */
  choices: readonly string[]
  nearest?: string | undefined
}

const NO_CHOICE =
  'this lbex listens on all addresses of its host and has no names for them: use an IP address, or run lbex with --listen-address NAME=ADDRESS'

export const ADDRESS_RULES = {
  'listen-address-invalid': rule({
    severity: 'error',
    message: ({values}: {values: readonly string[]}) =>
      `${listed(values, quote, 5)} ${values.length === 1 ? 'is not a valid listen address' : 'are not valid listen addresses'}; no port of this Service is exposed`,
    hint: () =>
      'use IP addresses such as 192.0.2.10 or 2001:db8::10, or names such as public (lowercase letters, digits and hyphens), separated by commas',
    reason:
      'The Service selects addresses. If lbex ignored that, it would listen on every address of the host, which may be open to more clients, so lbex exposes no port.',
  }),
  'listen-address-unknown': rule({
    severity: 'error',
    message: ({values}: UnknownArgs) =>
      `this host has no listen address ${listed(values, quote, 5)}; no port of this Service is exposed`,
    hint: ({choices, nearest}) => {
      if (choices.length === 0) return NO_CHOICE
      const guess = nearest === undefined ? '' : `did you mean ${quote(nearest)}? `
      return `${guess}--listen-address has ${listed(choices, undefined, 10)}`
    },
    reason:
      'lbex listens only on the addresses of --listen-address, by address or by name. It does not replace an address that the host does not have with others, which may be open to more clients.',
  }),
} as const
