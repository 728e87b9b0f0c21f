/** `lbex doctor`: checks everything that `lbex run` needs, and collects the findings. */
import {networkInterfaces} from 'node:os'
import {accessNotices} from '../../cli/flags/access.js'
import type {DoctorOutputFlags} from '../../cli/flags/doctor.js'
import type {NginxFlags} from '../../cli/flags/nginx.js'
import type {PublishFlags} from '../../cli/flags/publish.js'
import type {SelectionFlags} from '../../cli/flags/selection.js'
import type {ServingFlags} from '../../cli/flags/serving.js'
import {OLDEST_SUPPORTED, type HostLimits} from '../../dataplane/nginx-capabilities.js'
import {describeObject} from '../../diagnostics/diagnostic.js'
import {Check, type Finding} from '../../diagnostics/finding.js'
import {checkDrain} from '../drain.js'
import {checkFolder} from '../folder.js'
import {checkHealthPort} from '../health-port.js'
import {checkKernel, checkOpenFiles, readKernelSettings, type KernelSettings} from '../limits.js'
import {checkListeners, type DesiredListener} from '../listeners.js'
import {checkProgram} from '../program.js'
import {checkLiveUpdates} from '../live-updates.js'
import {checkReach} from '../reach.js'
import {checkPrivileges} from '../privileges.js'
import {readServed} from '../served.js'
import {checkServerHealth} from '../server-health.js'
import {checkServices} from '../services.js'
import {checkVirtualAddresses, readAddressSettings} from '../virtual-addresses.js'
import {UNKNOWN_HOST_STATE} from '../../core/model/host-state.js'
import {createTranslator} from '../../core/translate/translator.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import {ownedListeners} from '../../core/model/owned-listeners.js'
import type {DiscoveredNginx} from '../../dataplane/nginx/host/discover-nginx.js'
import {testDrain} from '../../dataplane/nginx/drain/test-drain.js'
import {hostLimits} from '../../dataplane/nginx/host/host-limits.js'
import {capabilitiesOf} from '../../dataplane/nginx/host/linux-capabilities.js'
import {requireLinux} from '../../dataplane/nginx/host/platform.js'
import {filesWanted} from '../../dataplane/nginx/config/render-main.js'
import {doctorJson, doctorText} from './doctor-report.js'
import type {CommandReport} from '../../report/report.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import {addressPools} from '../../cli/run/address-pools.js'
import {wantsColour} from '../../cli/run/colour.js'
import {targetsOf} from './doctor-targets.js'
import {readForDoctor} from './doctor-source.js'
import {discoverOptions} from '../../cli/run/host.js'
import {nginxDirectory} from '../../cli/run/nginx-directory.js'
import {translatorOptions, refuseContradictions} from '../../cli/run/options.js'
import {readsKubeconfigOfKubectl, type SourceFlags} from '../../cli/run/source.js'
import {WarningLog} from '../../cli/run/warning-log.js'

export type DoctorFlags = SourceFlags &
  DoctorOutputFlags &
  SelectionFlags &
  ServingFlags &
  NginxFlags &
  PublishFlags

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError, or with a Failure if a check cannot run. */
export async function doctor(flags: DoctorFlags, notices: readonly string[]): Promise<CommandReport> {
  refuseContradictions(flags)
  requireLinux()
  const log = new WarningLog()
  const findings = await runChecks(flags, log)
  const report = flags.json ? doctorJson(findings) : doctorText(findings, wantsColour())
  const warnings = [...notices, ...accessNotices(flags, readsKubeconfigOfKubectl(flags)), ...log.warnings]
  const lines = [...log.notes, ...warnings.map((warning) => `warning: ${warning}`)]
  return {...report, notes: lines.map((line) => `${line}\n`).join('')}
}

/** The findings alone. Rejects as doctor does. */
export async function doctorFindings(flags: DoctorFlags): Promise<Finding[]> {
  refuseContradictions(flags)
  requireLinux()
  return runChecks(flags, new WarningLog())
}

async function runChecks(flags: DoctorFlags, log: WarningLog): Promise<Finding[]> {
  const host = await checkHost(flags)
  const {findings, reading} = await readForDoctor(flags, log)
  const {desired, findings: services} = reading ? await checkAllServices(reading, flags, host) : UNREAD
  const limits = [
    checkOpenFiles(host.limits.openFiles, filesWanted(desired.length)),
    ...checkKernel(host.kernel, desired),
  ]
  const virtual = await checkAddresses(flags)
  const running = host.running === undefined ? [] : await checkServerHealth(host.directory)
  return [...host.findings, ...limits, ...virtual, ...findings, ...services, ...running]
}

async function checkAddresses(flags: DoctorFlags): Promise<Finding[]> {
  const interfaces = networkInterfaces()
  const names = Object.entries(interfaces).filter(([, entries]) => entries?.some(({internal}) => !internal))
  const listen = (flags['listen-address'] ?? []).map(({address}) => address)
  const pools = addressPools(flags).pools.flatMap(({ranges}) => ranges)
  return checkVirtualAddresses(
    {listen, publish: flags['publish-address'] ?? [], pools},
    interfaces,
    await readAddressSettings(names.map(([name]) => name)),
  )
}

type ServicesCheck = {readonly findings: readonly Finding[]; readonly desired: readonly DesiredListener[]}

const UNREAD: ServicesCheck = {
  findings: [
    new Check('services').unknown(
      'the Services could not be read, so their ports and backends were not checked',
    ),
  ],
  desired: [],
}

type HostCheck = {
  readonly findings: readonly Finding[]
  readonly directory: string
  readonly nginx: DiscoveredNginx | undefined
  /** Process id of the lbex that serves from the directory. */
  readonly running: number | undefined
  readonly limits: HostLimits
  readonly kernel: KernelSettings
}

/** The checks that do not depend on Services. */
async function checkHost(flags: DoctorFlags): Promise<HostCheck> {
  const directory = nginxDirectory(flags['nginx-dir'])
  const [program, folder, limits, kernel] = await Promise.all([
    checkProgram(discoverOptions(flags)),
    checkFolder(directory),
    hostLimits(),
    readKernelSettings(),
  ])
  const health = flags['health-check']
    ? [
        await checkHealthPort({
          port: flags['health-port'],
          address: flags['health-address'],
          ipv6: limits.ipv6,
        }),
      ]
    : []
  const live = program.nginx ? [checkLiveUpdates(program.nginx.njs)] : []
  const findings = [program.finding, ...live, folder.finding, ...health, ...checkIpv6(limits)]
  return {findings, directory, nginx: program.nginx, running: folder.holder, limits, kernel}
}

function checkIpv6({ipv6}: HostLimits): Finding[] {
  return ipv6 ? [] : [new Check('ipv6').ok('this host has no IPv6: Services are served on IPv4 only')]
}

async function checkAllServices(
  reading: SnapshotReading,
  flags: DoctorFlags,
  host: HostCheck,
): Promise<ServicesCheck> {
  const {nginx, running, limits, kernel, directory} = host
  const capabilities = nginx?.capabilities ?? OLDEST_SUPPORTED
  const options = translatorOptions(flags, {nginx: capabilities, limits})
  const {loadBalancer, diagnostics} = createTranslator(options).translate(
    reading.snapshot,
    UNKNOWN_HOST_STATE,
  )
  const desired = desiredListeners(loadBalancer)
  const served = nginx ? await readServed(directory, nginx.binary) : {listeners: []}
  const privileges = {
    capabilities: await capabilitiesOf(running ?? 'self'),
    nginx: served.nginx,
    firstFreePort: kernel.firstFreePort,
  }
  const findings = [
    ...checkServices(loadBalancer, reading.locate([...reading.diagnostics, ...diagnostics])),
    ...(await checkListeners(desired, served.listeners)),
    ...checkPrivileges(desired, privileges),
    ...(await checkDrain(loadBalancer, {capabilities: privileges.capabilities, test: testDrain})),
    ...(await checkReach(targetsOf(loadBalancer))),
  ]
  return {findings, desired}
}

function desiredListeners(loadBalancer: LoadBalancer): DesiredListener[] {
  return ownedListeners(loadBalancer).map(({listener: {key, settings}, owners}) => ({
    key,
    transparent: settings.transparent,
    owner: owners.map(({ref}) => describeObject(ref)).join(', '),
  }))
}
