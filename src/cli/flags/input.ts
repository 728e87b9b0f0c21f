/** Where Kubernetes objects are read from. */
import {Flags, type Interfaces} from '@oclif/core'
import {path} from '../values.js'
import {withEnvironment} from './named.js'

export const inputFlags = withEnvironment({
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

export type InputFlags = Interfaces.InferredFlags<typeof inputFlags>
