/** Turns the flags of `lbex gce` into the options of a group, and rejects all values that are invalid on their own. */
import type {GceTargetFlags, GceUpFlags} from '../../cli/flags/gce.js'
import {UsageError} from '../../cli/usage-error.js'
import {prefixFor, reservedIn, usableAddresses} from '../cidr.js'
import {LONGEST_NAME, LONGEST_NAME_OF_ACCOUNT, ZONES, type GroupOptions, type GroupTarget} from '../target.js'
import {userData} from '../user-data.js'

/** Throws a UsageError. */
export function targetOf(flags: GceTargetFlags): GroupTarget {
  requireFlags(flags, ['name', 'project'])
  const {name = '', project = '', region} = flags
  if (name.length > LONGEST_NAME) {
    throw new UsageError(
      `--name: must have at most ${LONGEST_NAME} characters, this has ${name.length}`,
      'names that are made from it, such as NAME-vm-0123456789, have at most 63',
    )
  }
  return {name, project, region}
}

export type Brought = {
  /** Text of gce/cloud-init.yaml. */
  readonly startUp: string
  /** The version of this lbex. */
  readonly version: string
  /** Whether the package `lbex` on npm is this lbex. */
  readonly isNameOurs: boolean
}

/** Throws a UsageError. */
export function groupOptionsOf(
  flags: GceTargetFlags & GceUpFlags,
  {startUp, version, isNameOurs}: Brought,
): GroupOptions {
  requireFlags(flags, ['name', 'project', 'cluster-name', 'cluster-network'])
  if (!isNameOurs) requirePackage(flags)
  const target = targetOf(flags)
  const cluster = {name: flags['cluster-name'] as string, location: flags['cluster-zone']}
  const serviceAccount = flags['service-account']
  checkZone(target, cluster.location)
  checkRange(flags)
  checkSize(flags)
  checkPorts(flags)
  checkAccount(target, serviceAccount, flags['create-service-account'])
  const host = {
    project: target.project,
    cluster,
    healthPort: flags['health-port'],
    ipForward: flags['can-ip-forward'],
    lbexPackage: flags['lbex-package'] ?? {source: `lbex@${version}`},
  }
  return {
    ...target,
    cluster,
    cidr: flags.cidr,
    network: flags['cluster-network'] as string,
    maxHosts: flags['num-autoscale'],
    healthPort: flags['health-port'],
    ports: flags.ports,
    ingress: flags['ingress-cidr'],
    machineType: flags['machine-type'],
    ...(serviceAccount !== undefined && {serviceAccount}),
    address: flags.address,
    ipForward: flags['can-ip-forward'],
    userData: userData(startUp, host),
  }
}

function requireFlags<T extends object>(flags: T, names: readonly (keyof T & string)[]): void {
  const missing = names.filter((name) => flags[name] === undefined).map((name) => `--${name}`)
  if (missing.length === 0) return
  throw new UsageError(`${missing.join(', ')} must be given`, 'lbex gce up --help explains them')
}

/** The hosts install this package as root, so its origin must be certain. */
function requirePackage(flags: GceUpFlags): void {
  if (flags['lbex-package'] !== undefined) return
  throw new UsageError(
    '--lbex-package must be given: this lbex is not published, and the name lbex on npm may belong to someone else',
    'npm run package writes artifacts/lbex-VERSION.tgz: upload it, and use https://HOST/PATH.tgz#sha256=CHECKSUM',
  )
}

function checkZone({region}: GroupTarget, location: string): void {
  if (location === region || location.startsWith(`${region}-`)) return
  throw new UsageError(
    `--cluster-zone ${location} is not in --region ${region}`,
    'the hosts must be in the region of their cluster: set --region to it',
  )
}

function checkRange({cidr}: GceUpFlags): void {
  const reserved = reservedIn(cidr)
  if (reserved === undefined) return
  throw new UsageError(
    `--cidr ${cidr} overlaps with ${reserved}, which no subnet can have`,
    'choose a private range such as 10.150.0.0/27',
  )
}

function checkSize(flags: GceUpFlags): void {
  const {cidr} = flags
  const needed = flags['num-autoscale'] + ZONES
  const usable = usableAddresses(cidr)
  if (usable >= needed) return
  throw new UsageError(
    `--cidr ${cidr} has room for ${usable} hosts, but ${needed} are needed: --num-autoscale ${flags['num-autoscale']} and ${ZONES} more during a rollout of a new template`,
    `use a /${prefixFor(needed)}, or --num-autoscale ${usable - ZONES}`.replace(
      /, or --num-autoscale (-?[01])$/,
      '',
    ),
  )
}

/** The health port is open for Google's probes only, and no Service can use it. */
function checkPorts({ports, 'health-port': health}: GceUpFlags): void {
  const taken = ports.find((text) => {
    const [protocol, range = ''] = text.split(':')
    const [first = NaN, last = first] = range.split('-').map(Number)
    return protocol === 'tcp' && first <= health && health <= last
  })
  if (taken === undefined) return
  throw new UsageError(
    `--ports ${taken.replace(/^tcp:/, '')} contains ${health}, which lbex itself uses (--health-port)`,
    'remove it, or use another --health-port',
  )
}

/** Without a service account of their own, hosts would get the default one of the project, which may have wide permissions. */
function checkAccount({name}: GroupTarget, serviceAccount: string | undefined, create: boolean): void {
  if (serviceAccount !== undefined) return
  if (!create) {
    throw new UsageError(
      'the hosts have no service account',
      'use --service-account, or --create-service-account',
    )
  }
  if (name.length <= LONGEST_NAME_OF_ACCOUNT) return
  throw new UsageError(
    `--name: a service account needs a name of at most ${LONGEST_NAME_OF_ACCOUNT} characters, this has ${name.length}`,
    'use a shorter name, or --service-account',
  )
}
