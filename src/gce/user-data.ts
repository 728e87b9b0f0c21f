/** Fills in the cloud-init configuration of a host. The caller passes the template, gce/cloud-init.yaml. */
import type {GroupOptions} from './target.js'

export type HostOptions = Pick<GroupOptions, 'project' | 'cluster' | 'healthPort' | 'ipForward'> & {
  /** `lbex@2.0.0` for npm, or the URL of an archive with its checksum. */
  readonly lbexPackage: {readonly source: string; readonly sha256?: string}
}

/** https://github.com/nodesource/distributions */
const NODE_VERSION = '22.22.2'
const NODE_KEY = '6F71F525282841EEDAF851B42F59B5F99B1BE0B4'

export function userData(template: string, options: HostOptions): string {
  const {project, cluster, healthPort, ipForward, lbexPackage} = options
  return fillIn(template, {
    cluster: `projects/${project}/locations/${cluster.location}/clusters/${cluster.name}`,
    healthPort: String(healthPort),
    package: lbexPackage.source,
    packageSha256: lbexPackage.sha256 ?? 'none',
    nodeVersion: NODE_VERSION,
    nodeMajor: NODE_VERSION.slice(0, NODE_VERSION.indexOf('.')),
    nodeKey: NODE_KEY,
    // NGINX needs CAP_NET_RAW to connect to backends from the address of the client.
    capabilities: ipForward ? 'CAP_NET_BIND_SERVICE CAP_NET_RAW' : 'CAP_NET_BIND_SERVICE',
  })
}

/** Characters without a special meaning in YAML, shell, systemd and apt. */
const PLAIN = /^[\w@./:+ -]+$/

/** Replaces each `{{ name }}`. A mismatch between template and values is a bug, and throws. */
export function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  const used = new Set<string>()
  const text = template.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`the template uses ${name}, which has no value`)
    if (!PLAIN.test(value)) throw new Error(`the value of ${name} is not allowed in the template: ${value}`)
    used.add(name)
    return value
  })
  const unused = Object.keys(values).filter((name) => !used.has(name))
  if (unused.length > 0) throw new Error(`the template does not use ${unused.join(', ')}`)
  return text
}
