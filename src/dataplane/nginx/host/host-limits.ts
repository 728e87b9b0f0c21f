/** The limits of this host for NGINX. */
import {readFile} from 'node:fs/promises'
import {availableParallelism} from 'node:os'
import type {HostLimits} from '../../nginx-capabilities.js'
import {run} from '../../../util/run-program.js'
import {capabilitiesForChildren, capabilitiesOf} from './linux-capabilities.js'

/** Enough open files for any load balancer; lbex does not request more. */
const ENOUGH_FILES = 262_144

/** The limit to assume if it cannot be read: the default of POSIX systems. */
const FEWEST_FILES = 1024

/**
 * CPUs that lbex may use, open files that NGINX will get (raised if lbex has permission), whether there is IPv6, and whether
 * NGINX's workers have to stay root.
 */
export async function hostLimits(): Promise<HostLimits> {
  return {
    workers: availableParallelism(),
    openFiles: await openFiles(),
    ipv6: await hasIpv6(),
    workersStayRoot: await isBoundRoot(),
  }
}

/** Prefix of NGINX's command line that gives its master `openFiles`, with util-linux' prlimit, because Node has no setrlimit. */
export async function raisingFiles(openFiles: number): Promise<string[]> {
  return openFiles > (await ownLimit()) ? ['prlimit', `--nofile=${openFiles}:${openFiles}`] : []
}

/**
 * Prefix of NGINX's command line that limits the size of its files to `bytes`; empty if the host lacks the programs for it. The
 * kernel ends a process that exceeds the limit, unless it ignores SIGXFSZ: then the write fails, and NGINX continues.
 */
export async function boundingFiles(bytes: number): Promise<string[]> {
  const limits = ['env', '--ignore-signal=XFSZ', 'prlimit', `--fsize=${bytes}:${bytes}`]
  return (await canRun([...limits, 'true'])) ? limits : []
}

/**
 * Prefix of NGINX's command line that takes CAP_NET_ADMIN from it, which only lbex uses; empty if NGINX would not inherit it. Root
 * keeps it: its workers lose it when they change user.
 */
export async function withoutNetAdmin(): Promise<string[]> {
  const isInherited = process.geteuid?.() !== 0 && (await capabilitiesForChildren()).has('CAP_NET_ADMIN')
  return isInherited ? ['setpriv', '--inh-caps=-net_admin', '--ambient-caps=-net_admin'] : []
}

/** The master opens the listeners with the limit that it inherits: worker_rlimit_nofile applies only to workers. */
async function openFiles(): Promise<number> {
  const own = await ownLimit()
  if (own >= ENOUGH_FILES) return ENOUGH_FILES
  const ceiling = Number(await text('/proc/sys/fs/nr_open')) || own
  const wanted = Math.min(ENOUGH_FILES, ceiling)
  return (await canRaise(wanted)) ? wanted : own
}

/** The hard limit: Node raises its own soft limit up to it, and children inherit that. */
async function ownLimit(): Promise<number> {
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(await text('/proc/self/limits'))?.[1]
  return limit === 'unlimited' ? ENOUGH_FILES : Number(limit ?? FEWEST_FILES)
}

/** Tried, because root in a container may lack the capability. */
async function canRaise(openFiles: number): Promise<boolean> {
  return canRun(['prlimit', `--nofile=${openFiles}:${openFiles}`, 'true'])
}

async function canRun([command = '', ...parameters]: readonly string[]): Promise<boolean> {
  return run(command, parameters, {timeout: 5000}).then(
    ({exitCode}) => exitCode === 0,
    () => false,
  )
}

/** https://docs.kernel.org/networking/ip-sysctl.html, disable_ipv6; the list of addresses is empty, or missing, without IPv6. */
async function hasIpv6(): Promise<boolean> {
  const disabled = await text('/proc/sys/net/ipv6/conf/all/disable_ipv6')
  const addresses = await text('/proc/net/if_inet6')
  return disabled.trim() === '0' && addresses.trim() !== ''
}

/** Root without the capabilities to change user, as in a container that drops all but CAP_NET_BIND_SERVICE. */
async function isBoundRoot(): Promise<boolean> {
  if (process.geteuid?.() !== 0) return false
  const capabilities = await capabilitiesOf('self')
  return !capabilities.has('CAP_SETUID') || !capabilities.has('CAP_SETGID')
}

function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
