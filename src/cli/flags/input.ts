/** Where Kubernetes objects are read from. */
import {Flags, type Interfaces} from '@oclif/core'
import {byteSize, path} from '../values.js'
import {withEnvironment} from './named.js'

/** What holds for all files that are read, in every command that reads some. */
export const fileFlags = withEnvironment({
  'follow-links': Flags.boolean({
    description:
      'Also read files that symbolic links lead to outside of the folder that was named and of its repository.',
    helpGroup: 'input',
  }),
  'max-file-size': Flags.custom<number>({
    defaultHelp: async () => '64Mi',
    description: 'The largest file that is read, in bytes or with Ki, Mi or Gi.',
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

/** What `render` takes manifests for; `run` always takes them for everything there is. */
export const coverageFlags = withEnvironment({
  complete: Flags.boolean({
    description:
      'Take the manifests for all that there is in a cluster, as in a --snapshot-out or in what kubectl get services,endpointslices,nodes -A prints: what is not in them does not exist.',
    helpGroup: 'input',
  }),
})

export type CoverageFlags = Interfaces.InferredFlags<typeof coverageFlags>

export type InputFlags = Interfaces.InferredFlags<typeof inputFlags>
