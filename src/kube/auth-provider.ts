/** `users[].user.auth-provider`: how kubeconfigs named a way to a token before there were exec plugins. */
import {Failure} from '../diagnostics/failure.js'

/** kubectl itself knows only this one of them. */
const PROVIDERS: ReadonlySet<unknown> = new Set(['oidc'])

/** The library runs the command that some providers name through a shell, and sends no credentials at all for others. */
export function refuseProvider(value: unknown, place: string, path: string): void {
  const provider = value as {readonly name?: string; readonly config?: object} | null | undefined
  if (!provider) return
  const runsCommand = Object.keys(provider.config ?? {}).some((key) => /^(exec|cmd-.*)$/.test(key))
  if (PROVIDERS.has(provider.name) && !runsCommand) return
  const name = JSON.stringify(provider.name ?? '')
  throw new Failure(`in the kubeconfig ${path}, ${place}.auth-provider is ${name}, which lbex does not use`, {
    code: 'kubeconfig-invalid',
    hint: 'kubectl 1.26 has removed it too: name the plugin of your cloud under users[].user.exec (gke-gcloud-auth-plugin, kubelogin), or give a token or a client certificate',
  })
}
