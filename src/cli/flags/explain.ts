/** The flags of `lbex explain` alone. */
import {Flags, type Interfaces} from '@oclif/core'
import {withEnvironment} from './named.js'
import {outputFlags} from './output.js'

const helpGroup = 'output'

export const explainFlags = withEnvironment({
  json: Flags.boolean({
    description: 'Print one JSON object: service, selection, ports and diagnostics.',
    helpGroup,
  }),
  probe: Flags.boolean({
    description:
      'Also find out which listeners another program on this host holds. Use it as the user that lbex run runs as.',
    helpGroup,
  }),
  'target-nginx': outputFlags['target-nginx'],
})

export type ExplainFlags = Interfaces.InferredFlags<typeof explainFlags>
