/** How lbex connects to the API server of a cluster. */
import {Flags, type Interfaces} from '@oclif/core'
import {path} from '../values.js'
import {withEnvironment} from './named.js'

const helpGroup = 'cluster'

const exclusive = ['filename']

export const accessFlags = withEnvironment({
  proxy: Flags.custom<string>({
    description:
      'URL of a server that requires no credentials, such as kubectl proxy: http://127.0.0.1:8001. It takes precedence over --kubeconfig.',
    exclusive,
    helpGroup,
    helpValue: 'URL',
    parse: async (text) => path(text),
  })(),
  kubeconfig: Flags.custom<string>({
    description:
      'The kubeconfig with the API server and the credentials. Without this flag and --proxy, lbex run uses the service account of its Pod. Other commands first use KUBECONFIG or ~/.kube/config, as kubectl does, and name the file and the context on standard error.',
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
      'On a VM of Google Cloud: the GKE cluster to read, projects/PROJECT/locations/LOCATION/clusters/NAME, with the service account of the VM.',
    exclusive,
    helpGroup,
    helpValue: 'NAME',
    parse: async (text) => path(text),
  })(),
})

export type AccessFlags = Interfaces.InferredFlags<typeof accessFlags>

/**
 * A sentence for each flag that is given but has no effect. `readsKubeconfig`: without the other flags the command uses a kubeconfig
 * of kubectl.
 */
export function accessNotices(flags: AccessFlags, readsKubeconfig = false): string[] {
  const [used, ...others] = ACCESS_FLAGS.filter((name) => flags[name] !== undefined)
  const unused = others.map((name) => `--${name} is not used: --${used} takes precedence`)
  const isUsed = used === 'kubeconfig' || (used === undefined && readsKubeconfig)
  if (unused.length > 0 || flags.context === undefined || isUsed) return unused
  return ['--context has no effect without --kubeconfig']
}

/** In order of precedence. */
const ACCESS_FLAGS = ['proxy', 'kubeconfig', 'gke-cluster'] as const
