/** What a host is made from. A template cannot be changed, so its name is a hash of what is in it. */
import {createHash} from 'node:crypto'
import {textAt} from '../fields.js'
import {accountOf, isTemplateOf, markOf, namesOf, type GroupOptions, type Target} from '../target.js'
import {ids, inProject, inRegion, SAME, type Args, type Reading, type Thing, type Wanted} from '../thing.js'

/** All templates that bear the group's name: their hashes are not known, so this one is a list. */
export function templateList(target: Target): Reading {
  const args = [
    'compute',
    'instance-templates',
    'list',
    inProject(target),
    `--filter=name ~ ^${target.name}-vm-`,
  ]
  return {args, name: target.name}
}

/** Those of the group in what templateList has read. */
export function templatesIn(target: Target, printed: unknown): Thing[] {
  const names = (Array.isArray(printed) ? printed : []).map((found) => textAt(found, 'name'))
  return names.filter((name) => isTemplateOf(target, name)).map((name) => template(target, name))
}

function template(target: Target, name: string): Thing {
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

export function wantedTemplate(options: GroupOptions): Wanted {
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

/** Between the items of --metadata: the text of the start-up file holds commas. */
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
