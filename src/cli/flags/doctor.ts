/** The flags of `lbex doctor`. Those of `lbex run` are accepted too, so that one command line works for both. */
import {Flags, type Interfaces} from '@oclif/core'
import {daemonFlags} from './daemon.js'
import {logFlags} from './log.js'
import {withEnvironment} from './named.js'

const {'health-address': healthAddress, ...unused} = {...daemonFlags, ...logFlags}

export const doctorFlags = {
  ...withEnvironment({
    json: Flags.boolean({
      description: 'Print one JSON object: an array of findings, each with check, state, message and fix.',
      helpGroup: 'output',
    }),
  }),
  'health-address': healthAddress,
  ...hidden(unused),
}

export type DoctorOutputFlags = Interfaces.InferredFlags<typeof doctorFlags>

function hidden<T extends Record<string, object>>(flags: T): T {
  const entries = Object.entries(flags).map(([name, flag]) => [name, {...flag, hidden: true}])
  return Object.fromEntries(entries) as T
}
