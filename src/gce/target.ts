/** Which group of hosts is meant, what it is to be, and what its parts are called. */
export type Target = {
  /** Base name of everything that belongs to the group. */
  readonly name: string
  readonly project: string
  readonly region: string
}

export type GroupOptions = Target & {
  /** Addresses of the hosts, in canonical form. */
  readonly cidr: string
  readonly network: string
  /** A GKE cluster; `location` is a zone or a region. */
  readonly cluster: {readonly name: string; readonly location: string}
  /** Most hosts; there are always MIN_HOSTS. */
  readonly maxHosts: number
  readonly healthPort: number
  /** What Services may be served on, as firewall rules name it: `tcp:80`, `udp:7000-8000`. */
  readonly ports: readonly string[]
  /** Where clients come from. */
  readonly ingress: readonly string[]
  readonly machineType: string
  /** Absent: an account of the group's own is made. */
  readonly serviceAccount?: string
  /** Whether hosts have external addresses. */
  readonly address: boolean
  readonly ipForward: boolean
  /** What a host does at its first start: a cloud-init text. */
  readonly userData: string
}

export const MIN_HOSTS = 2

/** A rollout makes one new host in each zone before it ends an old one; a regional group is in three. */
export const ZONES = 3

/** https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges */
export const PROBES = ['130.211.0.0/22', '35.191.0.0/16']

/** https://cloud.google.com/compute/docs/naming-resources: 63 characters, of which `-vm-` and ten of a hash are ours. */
export const LONGEST_NAME = 63 - '-vm-0123456789'.length

/** https://cloud.google.com/iam/docs/service-accounts-create: 30 characters, of which `-host` are ours. */
export const LONGEST_NAME_OF_ACCOUNT = 30 - '-host'.length

export function namesOf({name, project}: Target) {
  return {
    subnet: `${name}-subnet`,
    servedPorts: `${name}-served-ports`,
    healthProbes: `${name}-health-probes`,
    toCluster: `${name}-to-cluster`,
    healthCheck: `${name}-health`,
    router: `${name}-router`,
    nat: `${name}-nat`,
    group: `${name}-group`,
    account: `${name}-host@${accountDomain(project)}.iam.gserviceaccount.com`,
    /** Network tag of the hosts. */
    tag: name,
  }
}

/** The name of a template says what is in it; `undefined` when it is not one of this group. */
export function isTemplateOf({name}: Target, template: string): boolean {
  return template.startsWith(`${name}-vm-`) && /^[0-9a-f]{10}$/.test(template.slice(name.length + 4))
}

/** What is written into the description of all that is made, so that nothing else is ever changed or deleted. */
export function markOf({name, region}: Target): string {
  return `lbex ${name} in ${region}: `
}

/** The account that the hosts run as. */
export function accountOf(options: GroupOptions): string {
  return options.serviceAccount ?? namesOf(options).account
}

/** The domain of `example.com:my-project` comes last: https://cloud.google.com/iam/docs/service-account-overview */
function accountDomain(project: string): string {
  return project.split(':').reverse().join('.')
}
