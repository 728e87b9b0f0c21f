/** The flags of `lbex status` alone. */
import {Flags, type Interfaces} from '@oclif/core'
import {explainFlags} from './explain.js'
import {labelSelector} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'output'

const {json: _, ...shared} = explainFlags

export const statusFlags = {
  ...withEnvironment({
    'all-namespaces': Flags.boolean({
      char: 'A',
      description: 'Show the Services of all namespaces (default).',
      exclusive: ['namespace'],
      helpGroup,
    }),
    output: Flags.option({
      char: 'o',
      options: ['wide', 'json', 'yaml'] as const,
      description:
        'wide: more columns. json, yaml: the whole state, as schemas/state.schema.json describes it. Default: a table.',
      helpGroup,
    })(),
    selector: Flags.custom<string>({
      char: 'l',
      description:
        'Show only Services whose labels match, as with kubectl: app=web,tier!=back, or app in (web, api), or !canary.',
      helpGroup,
      helpValue: 'SELECTOR',
      parse: async (text) => labelSelector(text),
    })(),
    watch: Flags.boolean({
      char: 'w',
      description:
        'Keep running, and print each line of the table again when it changes; connections and rates alone are no change.',
      helpGroup,
    }),
  }),
  ...shared,
}

export type StatusFlags = Interfaces.InferredFlags<typeof statusFlags>
