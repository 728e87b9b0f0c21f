/** The flags of `lbex version`. */
import {Flags} from '@oclif/core'
import {withEnvironment} from './named.js'

export const versionFlags = withEnvironment({
  output: Flags.option({
    char: 'o',
    options: ['json'] as const,
    description: 'json: print one JSON object. Default: a line each.',
    helpGroup: 'output',
  })(),
})
