/** How lbex gets at the API server of a cluster. */
import {Flags, type Interfaces} from '@oclif/core'
import {path} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'cluster'

/** The objects come from a cluster or from files. */
const exclusive = ['filename']

export const accessFlags = withEnvironment({
  proxy: Flags.custom<string>({
    description:
      'URL of a server that asks for no credentials, such as kubectl proxy: http://127.0.0.1:8001. It wins over --kubeconfig.',
    exclusive,
    helpGroup,
    helpValue: 'URL',
    parse: async (text) => path(text),
  })(),
  kubeconfig: Flags.custom<string>({
    description:
      'The kubeconfig that says where the cluster is and who lbex is there. Without it and --proxy: the service account of the Pod that lbex runs in.',
    exclusive,
    helpGroup,
    helpValue: 'PATH',
    parse: async (text) => path(text),
  })(),
  context: Flags.custom<string>({
    description: 'The context of the kubeconfig to use. Default: its current one.',
    exclusive,
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => path(text),
  })(),
  'gke-cluster': Flags.custom<string>({
    description:
      'On a VM of Google Cloud: the GKE cluster, projects/PROJECT/locations/LOCATION/clusters/NAME, which lbex reads as the service account of the VM.',
    exclusive,
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => path(text),
  })(),
})

export type AccessFlags = Interfaces.InferredFlags<typeof accessFlags>

/** Sentences about flags that are given and have no effect. */
export function accessNotices(flags: AccessFlags): string[] {
  const [used, ...others] = WAYS.filter((name) => flags[name] !== undefined)
  const unused = others.map((name) => `--${name} is not used: --${used} wins over it`)
  if (unused.length > 0 || flags.context === undefined || used === 'kubeconfig') return unused
  return ['--context has no effect without --kubeconfig']
}

/** The first that is given is the one that is tried. */
const WAYS = ['proxy', 'kubeconfig', 'gke-cluster'] as const
