/** `lbex doctor`: has everything looked at that `lbex run` would need, and puts the findings together. */
import {accessNotices} from '../../cli/flags/access.js'
import type {DoctorOutputFlags} from '../../cli/flags/doctor.js'
import type {NginxFlags} from '../../cli/flags/nginx.js'
import type {SelectionFlags} from '../../cli/flags/selection.js'
import type {ServingFlags} from '../../cli/flags/serving.js'
import {OLDEST_SUPPORTED, type HostLimits} from '../../dataplane/nginx-capabilities.js'
import {describeObject, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {Check, type Finding} from '../../diagnostics/finding.js'
import {checkFolder} from '../folder.js'
import {checkHealthPort} from '../health-port.js'
import {checkKernel, checkOpenFiles, readKernelSettings, type KernelSettings} from '../limits.js'
import {checkListeners, type WantedListener} from '../listeners.js'
import {checkProgram} from '../program.js'
import {checkReach} from '../reach.js'
import {checkRights} from '../rights.js'
import {lookAtServed} from '../served.js'
import {UNKNOWN_HOST_STATE} from '../../core/model/host-state.js'
import {createTranslator} from '../../core/translate/translator.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import {ownedListeners} from '../../core/model/owned-listeners.js'
import type {DiscoveredNginx} from '../../dataplane/nginx/host/discover-nginx.js'
import {hostLimits} from '../../dataplane/nginx/host/host-limits.js'
import {capabilitiesOf} from '../../dataplane/nginx/host/linux-capabilities.js'
import {requireLinux} from '../../dataplane/nginx/host/platform.js'
import {filesWanted} from '../../dataplane/nginx/config/render-main.js'
import {doctorJson, doctorText} from './doctor-report.js'
import type {CommandReport} from '../../report/report.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import {wantsColour} from '../../cli/run/colour.js'
import {targetsOf} from './doctor-targets.js'
import {readForDoctor} from './doctor-source.js'
import {discoverOptions} from '../../cli/run/host.js'
import {nginxDirectory} from '../../cli/run/nginx-directory.js'
import {translatorOptions, refuseContradictions} from '../../cli/run/options.js'
import type {SourceFlags} from '../../cli/run/source.js'
import {WarningLog} from '../../cli/run/warning-log.js'
import type {Logger} from '../../util/logger.js'

export type DoctorFlags = SourceFlags & DoctorOutputFlags & SelectionFlags & ServingFlags & NginxFlags

/** `notices` are sentences about the command line, for stderr. Rejects with a UsageError, or a Failure where it cannot look. */
export async function doctor(flags: DoctorFlags, notices: readonly string[]): Promise<CommandReport> {
  refuseContradictions(flags)
  requireLinux()
  const log = new WarningLog()
  const findings = await look(flags, log)
  const report = flags.json ? doctorJson(findings) : doctorText(findings, wantsColour())
  const warnings = [...notices, ...accessNotices(flags), ...log.warnings].map(
    (notice) => `warning: ${notice}\n`,
  )
  return {...report, notes: warnings.join('')}
}

async function look(flags: DoctorFlags, log: Logger): Promise<Finding[]> {
  const host = await lookAtHost(flags)
  const {findings, reading} = await readForDoctor(flags, log)
  const {wanted, findings: services} = reading ? await lookAtServices(reading, flags, host) : UNREAD
  const limits = [
    checkOpenFiles(host.limits.openFiles, filesWanted(wanted.length)),
    ...checkKernel(host.kernel, wanted),
  ]
  return [...host.findings, ...limits, ...findings, ...services]
}

type Services = {readonly findings: readonly Finding[]; readonly wanted: readonly WantedListener[]}

const UNREAD: Services = {
  findings: [new Check('services').unknown('they were not read: what they want of this host is not known')],
  wanted: [],
}

type LookedAt = {
  readonly findings: readonly Finding[]
  readonly directory: string
  readonly nginx: DiscoveredNginx | undefined
  /** Process id of the lbex that serves from the directory. */
  readonly running: number | undefined
  readonly limits: HostLimits
  readonly kernel: KernelSettings
}

/** What can be said without knowing any Service. */
async function lookAtHost(flags: DoctorFlags): Promise<LookedAt> {
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
  const findings = [program.finding, folder.finding, ...health, ...checkIpv6(limits)]
  return {findings, directory, nginx: program.nginx, running: folder.holder, limits, kernel}
}

function checkIpv6({ipv6}: HostLimits): Finding[] {
  return ipv6 ? [] : [new Check('ipv6').ok('this host has no IPv6: Services are served on IPv4 alone')]
}

async function lookAtServices(
  reading: SnapshotReading,
  flags: DoctorFlags,
  host: LookedAt,
): Promise<Services> {
  const {nginx, running, limits, kernel, directory} = host
  const capabilities = nginx?.capabilities ?? OLDEST_SUPPORTED
  const options = translatorOptions(flags, {nginx: capabilities, limits})
  const {loadBalancer, diagnostics} = createTranslator(options).translate(
    reading.snapshot,
    UNKNOWN_HOST_STATE,
  )
  const wanted = wantedListeners(loadBalancer)
  const served = nginx ? await lookAtServed(directory, nginx.binary) : {listeners: []}
  const rights = {
    capabilities: await capabilitiesOf(running ?? 'self'),
    nginx: served.nginx,
    firstFreePort: kernel.firstFreePort,
  }
  const findings = [
    checkServices(loadBalancer, [...reading.diagnostics, ...diagnostics]),
    ...(await checkListeners(wanted, served.listeners)),
    ...checkRights(wanted, rights),
    ...(await checkReach(targetsOf(loadBalancer))),
  ]
  return {findings, wanted}
}

/** What is wrong with the objects is another command's business; that something is, is worth a line. */
function checkServices(loadBalancer: LoadBalancer, diagnostics: readonly Diagnostic[]): Finding {
  const check = new Check('services')
  const errors = diagnostics.filter(({severity}) => severity === 'error').length
  const owners = ownedListeners(loadBalancer).flatMap((each) => each.owners)
  const count = new Set(owners.map(({ref}) => describeObject(ref))).size
  const served = count === 1 ? '1 Service can be served' : `${count} Services can be served`
  if (errors === 0) return check.ok(served)
  const wrong = errors === 1 ? '1 error is' : `${errors} errors are`
  return check.warning(`${served}; ${wrong} in what was read`, 'lbex render, with the same flags, names each')
}

function wantedListeners(loadBalancer: LoadBalancer): WantedListener[] {
  return ownedListeners(loadBalancer).map(({listener: {key, settings}, owners}) => ({
    key,
    transparent: settings.transparent,
    owner: owners.map(({ref}) => describeObject(ref)).join(', '),
  }))
}
