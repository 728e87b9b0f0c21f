/** Where Kubernetes objects are read from. */
import {Flags, type Interfaces} from '@oclif/core'
import {byteSize, path} from '../values.js'
import {withEnvironment} from './named.js'

/** For every command that reads files. */
export const fileFlags = withEnvironment({
  'follow-links': Flags.boolean({
    description: 'Also follow symbolic links that lead outside of the given folder and its repository.',
    helpGroup: 'input',
  }),
  'max-file-size': Flags.custom<number>({
    defaultHelp: async () => '64Mi',
    description: 'Maximum size of an input file, in bytes or with Ki, Mi or Gi.',
    helpGroup: 'input',
    helpValue: 'SIZE',
    parse: async (text) => byteSize(text),
  })(),
})

export const inputFlags = withEnvironment({
  ...fileFlags,
  filename: Flags.custom<string>({
    char: 'f',
    description:
      'Read manifests instead of a cluster: a file, a folder (with its subfolders), a glob pattern, or - for standard input. Repeatable.',
    helpGroup: 'input',
    helpValue: 'PATH',
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => path(text),
  })(),
})

/** Whether the manifests are the whole cluster; for `run` they always are. */
export const coverageFlags = withEnvironment({
  complete: Flags.boolean({
    description:
      'Treat the manifests as the complete state of a cluster, such as the output of --snapshot-out or of kubectl get services,endpointslices,nodes -A: objects that are not in them do not exist.',
    helpGroup: 'input',
  }),
})

export type CoverageFlags = Interfaces.InferredFlags<typeof coverageFlags>

export type InputFlags = Interfaces.InferredFlags<typeof inputFlags>
