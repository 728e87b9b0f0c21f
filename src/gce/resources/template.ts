/** The instance template of the hosts. Templates are immutable, so the name contains a hash of the content. */
import {createHash} from 'node:crypto'
import {textAt} from '../fields.js'
import {accountOf, isTemplateOf, markOf, namesOf, type GroupOptions, type GroupTarget} from '../target.js'
import {
  ids,
  inProject,
  inRegion,
  SAME,
  type Args,
  type ResourceQuery,
  type Resource,
  type DesiredResource,
} from '../resource.js'

/** Lists all templates with the name of the group, because the hashes of earlier ones are not known. */
export function templateList(target: GroupTarget): ResourceQuery {
  const args = [
    'compute',
    'instance-templates',
    'list',
    inProject(target),
    `--filter=name ~ ^${target.name}-vm-`,
  ]
  return {args, name: target.name}
}

/** The templates of the group in the output of templateList. */
export function templatesIn(target: GroupTarget, printed: unknown): Resource[] {
  const names = (Array.isArray(printed) ? printed : []).map((found) => textAt(found, 'name'))
  return names.filter((name) => isTemplateOf(target, name)).map((name) => template(target, name))
}

function template(target: GroupTarget, name: string): Resource {
  const {args, name: base} = templateList(target)
  const pick = (printed: unknown): unknown =>
    (Array.isArray(printed) ? printed : []).find((found) => textAt(found, 'name') === name)
  return {
    id: ids(target).template(name),
    read: {args, name: base, pick},
    remove: ['compute', 'instance-templates', 'delete', name, inProject(target), '--quiet'],
    needs: [ids(target).subnet, ids(target).account],
  }
}

export function desiredTemplate(options: GroupOptions): DesiredResource {
  const name = templateName(options)
  return {
    ...template(options, name),
    create: ['compute', 'instance-templates', 'create', name, ...content(options)],
    compare: () => SAME,
  }
}

export function templateName(options: GroupOptions): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(content(options)))
    .digest('hex')
  return `${options.name}-vm-${hash.slice(0, 10)}`
}

/** Separates the items of --metadata, because the cloud-init configuration contains commas. */
const SEPARATOR = '^;;;^'

function content(options: GroupOptions): Args {
  const names = namesOf(options)
  return [
    ...inRegion(options),
    `--machine-type=${options.machineType}`,
    '--image-project=ubuntu-os-cloud',
    '--image-family=ubuntu-2404-lts-amd64',
    `--subnet=${names.subnet}`,
    `--tags=${names.tag}`,
    `--labels=lbex=${options.name}`,
    `--service-account=${accountOf(options)}`,
    '--scopes=cloud-platform',
    '--shielded-secure-boot',
    ...(options.address ? [] : ['--no-address']),
    ...(options.ipForward ? ['--can-ip-forward'] : []),
    `--metadata=${SEPARATOR}user-data=${options.userData}`,
    `--description=${markOf(options)}a host`,
  ]
}
