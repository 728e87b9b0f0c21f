/** What `lbex render` shows, and where it puts it. */
import {Flags, type Interfaces} from '@oclif/core'
import {nginxVersion, path} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'output'

export const outputFlags = withEnvironment({
  'output-dir': Flags.custom<string>({
    description:
      'Write the files into this folder instead of printing them; it must be empty or an earlier output.',
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
      'Print what is to be balanced (listeners, upstreams, servers) as JSON, before it becomes NGINX configuration.',
    exclusive: ['output-dir', 'json', 'diff'],
    helpGroup,
  }),
  diff: Flags.custom<string>({
    description:
      'Print what differs from the files in DIR (an earlier --output-dir), or from what NGINX serves from --nginx-dir: live. With live, listeners that another program on this host holds are reported and skipped, as by lbex run.',
    exclusive: ['output-dir', 'json', 'model'],
    helpGroup,
    helpValue: 'DIR|live',
    parse: async (text) => path(text),
  })(),
  'snapshot-out': Flags.custom<string>({
    description:
      'Also write the objects that were read to FILE, as far as lbex reads them, for a bug report: render -f FILE --complete shows the same again.',
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
      'The version of NGINX to render for, where none is asked. Default: 1.22.1, the oldest that is supported.',
    exclusive: ['nginx-bin'],
    helpGroup,
    helpValue: 'VERSION',
    parse: async (text) => nginxVersion(text),
  })(),
})

export type OutputFlags = Interfaces.InferredFlags<typeof outputFlags>
