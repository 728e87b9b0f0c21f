/** The flags of the log, and those of glog, which lbex 1.x had: they are accepted so that an old unit file still starts. */
import {Flags, type Interfaces} from '@oclif/core'
import {everywhere, parseLogLevels, type LogLevels} from '../log-levels.js'
import {verbosity} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'log'

export const logFlags = {
  ...withEnvironment({
    'log-format': Flags.option({
      options: ['text', 'json'] as const,
      description: 'Format of the log on standard error. Default: text on a terminal, otherwise json.',
      helpGroup,
    })(),
    'log-level': Flags.custom<LogLevels>({
      description:
        'Lowest severity that is logged: error, warn, info or debug. Single components can have their own level, as in info,nginx=debug; the components are process, controller, nginx, api and health. Default: info.',
      helpGroup,
      helpValue: 'LEVEL',
      parse: async (text) => parseLogLevels(text),
    })(),
  }),
  v: Flags.custom<number>({
    char: 'v',
    deprecated: {to: 'log-level'},
    description: 'Deprecated: 0 and 1 are --log-level=info, higher numbers --log-level=debug.',
    hidden: true,
    parse: async (text) => verbosity(text),
  })(),
  alsologtostderr: ignoredSwitch(),
  log_backtrace_at: ignoredOption(),
  log_dir: ignoredOption(),
  logtostderr: ignoredSwitch(),
  stderrthreshold: ignoredOption(),
  vmodule: ignoredOption(),
}

export type LogFlags = Interfaces.InferredFlags<typeof logFlags>
export type LogFormat = NonNullable<LogFlags['log-format']>

const IGNORED = [
  'alsologtostderr',
  'log_backtrace_at',
  'log_dir',
  'logtostderr',
  'stderrthreshold',
  'vmodule',
] as const

/** The levels of --log-level, or else of -v. */
export function logLevelsOf(flags: LogFlags): LogLevels {
  return flags['log-level'] ?? everywhere((flags.v ?? 0) > 1 ? 'debug' : 'info')
}

/** One sentence about the deprecated flags that are given; undefined if there are none. */
export function deprecationNotice(flags: LogFlags): string | undefined {
  const ignored = IGNORED.filter((name) => flags[name]).map((name) => `--${name}`)
  const parts = [
    ...(flags.v === undefined ? [] : ['-v is deprecated, write --log-level']),
    ...(ignored.length === 0
      ? []
      : [`${ignored.join(', ')}: accepted for compatibility with lbex 1.x, and ignored`]),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}

function ignoredSwitch() {
  return Flags.boolean({deprecated: true, description: 'Ignored: a flag of lbex 1.x.', hidden: true})
}

function ignoredOption() {
  return Flags.string({deprecated: true, description: 'Ignored: a flag of lbex 1.x.', hidden: true})
}
