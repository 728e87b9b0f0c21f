/** The flags of `lbex support-bundle` alone. */
import {Flags, type Interfaces} from '@oclif/core'
import {UsageError} from '../usage-error.js'
import {positiveNumber} from '../values.js'
import {doctorFlags} from './doctor.js'
import {withEnvironment} from './named.js'

const helpGroup = 'output'

export const bundleFlags = withEnvironment({
  file: Flags.custom<string>({
    description:
      'The archive to write; it must not exist. Default: lbex-support-TIME.tar.gz in the current folder.',
    helpGroup,
    helpValue: 'NAME.tar.gz',
    parse: async (text) => archiveName(text),
  })(),
  'log-lines': Flags.custom<number>({
    default: 1000,
    description: "How many of the last lines of NGINX's error log to include.",
    helpGroup,
    helpValue: 'NUMBER',
    parse: async (text) => positiveNumber(text),
  })(),
  yes: Flags.boolean({
    char: 'y',
    description: 'Write the archive without confirmation.',
    helpGroup,
  }),
})

export type BundleFlags = Interfaces.InferredFlags<typeof bundleFlags>

const {json: _, ...hidden} = doctorFlags

/** The flags of `lbex doctor` but for its output. */
export const flagsOfDoctor = hidden

function archiveName(text: string): string {
  if (/[^/]\.(tar\.gz|tgz)$/.test(text)) return text
  throw new UsageError(
    `${JSON.stringify(text)} is not a name of a compressed tar archive`,
    `write --file ${/^[\w./-]+$/.test(text) ? text : 'lbex-support'}.tar.gz`,
  )
}
