/** What `lbex doctor` prints. */
import {Flags, type Interfaces} from '@oclif/core'
import {daemonFlags} from './daemon.js'
import {withEnvironment} from './named.js'

export const doctorFlags = {
  ...withEnvironment({
    json: Flags.boolean({
      description: 'Print one JSON object: an array of findings, each with check, state, message and fix.',
      helpGroup: 'output',
    }),
  }),
  'health-address': daemonFlags['health-address'],
}

export type DoctorOutputFlags = Interfaces.InferredFlags<typeof doctorFlags>
