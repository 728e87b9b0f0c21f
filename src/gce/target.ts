/** The identity of a group, its options, and the names of its resources. */
export type GroupTarget = {
  /** Prefix of the names of all resources of the group. */
  readonly name: string
  readonly project: string
  readonly region: string
}

export type GroupOptions = GroupTarget & {
  /** Range of the subnet of the hosts, in canonical form. */
  readonly cidr: string
  readonly network: string
  /** A GKE cluster; `location` is a zone or a region. */
  readonly cluster: {readonly name: string; readonly location: string}
  /** Upper limit of the autoscaler; the lower limit is MIN_HOSTS. */
  readonly maxHosts: number
  readonly healthPort: number
  /** Ports that clients may connect to, in the syntax of firewall rules: `tcp:80`, `udp:7000-8000`. */
  readonly ports: readonly string[]
  /** Source ranges of the clients. */
  readonly ingress: readonly string[]
  readonly machineType: string
  /** If absent, a service account is created for the group. */
  readonly serviceAccount?: string
  /** Whether hosts have external addresses. */
  readonly address: boolean
  readonly ipForward: boolean
  /** The cloud-init configuration of a host. */
  readonly userData: string
}

export const MIN_HOSTS = 2

/** A rollout creates one new host in each zone before it deletes an old one. A regional group has three zones. */
export const ZONES = 3

/** https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges */
export const PROBES = ['130.211.0.0/22', '35.191.0.0/16']

/** https://cloud.google.com/compute/docs/naming-resources: 63 characters, minus `-vm-` and ten characters of a hash. */
export const LONGEST_NAME = 63 - '-vm-0123456789'.length

/** https://cloud.google.com/iam/docs/service-accounts-create: 30 characters, minus `-host`. */
export const LONGEST_NAME_OF_ACCOUNT = 30 - '-host'.length

export function namesOf({name, project}: GroupTarget) {
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

/** Whether a template has the name of a template of this group: `NAME-vm-HASH`. */
export function isTemplateOf({name}: GroupTarget, template: string): boolean {
  return template.startsWith(`${name}-vm-`) && /^[0-9a-f]{10}$/.test(template.slice(name.length + 4))
}

/** The mark in the description of each created resource. lbex changes and deletes marked resources only. */
export function markOf({name, region}: GroupTarget): string {
  return `lbex ${name} in ${region}: `
}

/** The service account of the hosts. */
export function accountOf(options: GroupOptions): string {
  return options.serviceAccount ?? namesOf(options).account
}

/** In the domain, `example.com:my-project` becomes `my-project.example.com`: https://cloud.google.com/iam/docs/service-account-overview */
function accountDomain(project: string): string {
  return project.split(':').reverse().join('.')
}
