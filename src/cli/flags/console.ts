/** Flags of commands that print a report: LbexCommand obeys them. */
import {Flags} from '@oclif/core'
import {withEnvironment} from './named.js'

const helpGroup = 'output'

export const quietFlags = withEnvironment({
  quiet: Flags.boolean({
    char: 'q',
    description: 'Print nothing on standard error if the exit code is 0: neither warnings nor remarks.',
    helpGroup,
  }),
})

export const colourFlags = withEnvironment({
  color: Flags.boolean({
    allowNo: true,
    default: true,
    description: 'Use colors on a terminal (default). Off: also with the variable NO_COLOR.',
    helpGroup,
  }),
})
