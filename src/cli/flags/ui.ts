/** The status page of `lbex run`. */
import {Flags, type Interfaces} from '@oclif/core'
import {path, socketAddress} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'status page'

export const uiFlags = withEnvironment({
  ui: Flags.boolean({
    description:
      'Serve a status page for browsers at /ui, and the state as JSON at /api/v1/state, on the health port. Without --ui-token-file only clients on this host that connect to a loopback address get them.',
    helpGroup,
  }),
  'ui-address': Flags.custom<{address: string; port: number}>({
    description:
      'IP address and port of this host for the status page, instead of the health port: 127.0.0.1:7332, or [::1]:7332.',
    helpGroup,
    helpValue: 'ADDRESS:PORT',
    parse: async (text) => socketAddress(text),
  })(),
  'ui-token-file': Flags.custom<string>({
    description:
      'File with the token that clients of the status page must send: as a bearer token, or as the password that a browser asks for, with any user name. lbex reads it again when it changes.',
    helpGroup,
    helpValue: 'FILE',
    parse: async (text) => path(text),
  })(),
})

export type UiFlags = Interfaces.InferredFlags<typeof uiFlags>
