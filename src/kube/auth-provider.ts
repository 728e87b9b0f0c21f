/** `users[].user.auth-provider` of a kubeconfig, the predecessor of exec plugins. */
import {Failure} from '../diagnostics/failure.js'

/** The only one that kubectl still supports. */
const PROVIDERS: ReadonlySet<unknown> = new Set(['oidc'])

/** client-node runs the command of some providers in a shell, and sends no credentials for others. */
export function refuseProvider(value: unknown, place: string, path: string): void {
  const provider = value as {readonly name?: string; readonly config?: object} | null | undefined
  if (!provider) return
  const runsCommand = Object.keys(provider.config ?? {}).some((key) => /^(exec|cmd-.*)$/.test(key))
  if (PROVIDERS.has(provider.name) && !runsCommand) return
  const name = JSON.stringify(provider.name ?? '')
  throw new Failure(
    `in the kubeconfig ${path}, ${place}.auth-provider is ${name}, which lbex does not support`,
    {
      code: 'kubeconfig-invalid',
      hint: 'kubectl 1.26 has removed it too: configure the plugin of your cloud in users[].user.exec (gke-gcloud-auth-plugin, kubelogin), or use a token or a client certificate',
    },
  )
}
