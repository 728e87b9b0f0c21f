/** What the Pods of deploy/ may do, and a command that starts another with exactly these rights. */
import {kustomize} from './kustomize.js'

type SecurityContext = {
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly capabilities?: {readonly add?: readonly string[]}
}
type PodSpec = {
  readonly securityContext: SecurityContext
  readonly containers: readonly {
    readonly args: readonly string[]
    readonly securityContext: SecurityContext
  }[]
}

/** The Pods of the Deployment in `overlay`, a path below deploy/. */
export function podSpec(overlay = '.'): PodSpec {
  const [deployment] = kustomize(overlay).filter(({kind}) => kind === 'Deployment')
  return (deployment?.['spec'] as {template: {spec: PodSpec}}).template.spec
}

/** The command that starts another as the container runtime does: with no right but those of the security context. */
export function asInPod(overlay = '.'): string[] {
  const {securityContext, containers} = podSpec(overlay)
  const added = containers[0]?.securityContext.capabilities?.add ?? []
  return [
    'setpriv',
    ...[`--reuid=${securityContext.runAsUser}`, `--regid=${securityContext.runAsGroup}`, '--clear-groups'],
    `--bounding-set=${['-all', ...added.map((name) => `+${name.toLowerCase()}`)].join(',')}`,
    ...['--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'],
  ]
}
