/** The flags of `lbex render` alone: its output, and which NGINX to render for. */
import {Flags, type Interfaces} from '@oclif/core'
import {nginxVersion, path} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'output'

export const outputFlags = withEnvironment({
  'output-dir': Flags.custom<string>({
    description:
      'Write the files to this folder instead of printing them. It must be empty or written by an earlier --output-dir.',
    exclusive: ['json', 'model', 'diff'],
    helpGroup,
    helpValue: 'DIR',
    parse: async (text) => path(text),
  })(),
  json: Flags.boolean({
    description: 'Print one JSON object: generation, files and diagnostics.',
    exclusive: ['output-dir', 'model', 'diff'],
    helpGroup,
  }),
  model: Flags.boolean({
    description:
      'Print the model (listeners, routes, upstreams, servers) that the NGINX configuration is made from, as JSON.',
    exclusive: ['output-dir', 'json', 'diff'],
    helpGroup,
  }),
  diff: Flags.custom<string>({
    description:
      'Print the difference to the files in DIR (from an earlier --output-dir) or, with live, to the configuration that NGINX serves from --nginx-dir. With live, listeners that another program on this host holds are reported and skipped, as by lbex run.',
    exclusive: ['output-dir', 'json', 'model'],
    helpGroup,
    helpValue: 'DIR|live',
    parse: async (text) => path(text),
  })(),
  'exit-code': Flags.boolean({
    description:
      'With --diff: exit code 1 if the configurations differ, 0 if they are the same, as diff does.',
    helpGroup,
  }),
  'snapshot-out': Flags.custom<string>({
    description:
      'Also write the objects that were read, reduced to the fields that lbex uses, to FILE, for example for a bug report: render -f FILE --complete gives the same result.',
    helpGroup,
    helpValue: 'FILE',
    parse: async (text) => path(text),
  })(),
  validate: Flags.boolean({
    description:
      'Test the result with the real NGINX: nginx -t on a copy in a temporary folder. Listeners that another program on this host holds are reported and skipped, as by lbex run.',
    helpGroup,
  }),
  'target-nginx': Flags.custom<readonly [number, number, number]>({
    description:
      'The version of NGINX to render for, if lbex does not ask an NGINX. Default: 1.22.1, the oldest supported version.',
    exclusive: ['nginx-bin'],
    helpGroup,
    helpValue: 'VERSION',
    parse: async (text) => nginxVersion(text),
  })(),
})

export type OutputFlags = Interfaces.InferredFlags<typeof outputFlags>
