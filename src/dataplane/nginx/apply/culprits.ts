/** Whose fault it is that NGINX refuses a configuration: by the file or the address that it names, else by trying. */
import {SocketAddress} from 'node:net'
import type {ConfigFile} from '../../config-file.js'
import type {ListenerKey} from '../../../core/model/listener-key.js'
import type {BindError} from '../../../diagnostics/bind-error.js'
import {Failure} from '../../../diagnostics/failure.js'
import type {Complaint, RefusedBind} from '../process/complaint.js'
import {probeListeners} from './probe.js'

export type Reason =
  /** The content is at fault: it stays out until it changes. */
  | {readonly kind: 'refused'; readonly problem: string}
  /** NGINX cannot test a configuration with it: it stays out until it changes, or for a while. */
  | {readonly kind: 'exhausting'; readonly problem: string}
  /** A listener could not be had: the next apply tries again. */
  | {readonly kind: 'unavailable'; readonly key: ListenerKey; readonly error: BindError}

export type Culprit = {readonly file: ConfigFile; readonly reason: Reason}

/** The Services' files of a refused configuration. */
export type Suspects = {
  /** NGINX serves these, or did. */
  readonly trusted: readonly ConfigFile[]
  readonly changed: readonly ConfigFile[]
  /** Last good files of Services whose wanted file is left out already. */
  readonly kept: readonly ConfigFile[]
}

export type Court = {
  /** Has NGINX test nginx.conf with these files. */
  readonly judge: (files: readonly ConfigFile[]) => Promise<Complaint | undefined>
  /** True for a listener that NGINX holds already, so that it cannot be what was refused. */
  readonly holds: (key: ListenerKey) => boolean
}

/** One culprit at least. Rejects with a Failure where no Service is at fault: the host, or nginx.conf itself. */
export async function findCulprits(
  complaint: Complaint,
  suspects: Suspects,
  court: Court,
): Promise<Culprit[]> {
  const {trusted, changed, kept} = suspects
  if (complaint.exhausted) return mostExpensive(complaint, suspects, court)
  if (complaint.environment) throw hostRefused(complaint)
  const all = [...trusted, ...changed, ...kept]
  if (complaint.binds.length > 0) return holders(complaint, all, court)
  const named = changed.find(({path}) => path === complaint.file)
  if (named && kept.length === 0)
    return [{file: named, reason: {kind: 'refused', problem: complaint.message}}]
  return bisect(all, complaint, court)
}

async function holders(complaint: Complaint, files: readonly ConfigFile[], court: Court): Promise<Culprit[]> {
  const culprits = await Promise.all(complaint.binds.map((bind) => holdersOf(bind, files, court)))
  const unique = new Map(culprits.flat().map((culprit) => [culprit.file.path, culprit]))
  if (unique.size === 0) throw hostRefused(complaint)
  return [...unique.values()]
}

/** NGINX does not say which protocol it was: where both are new, a try tells. */
async function holdersOf(bind: RefusedBind, files: readonly ConfigFile[], court: Court): Promise<Culprit[]> {
  const claims = files.flatMap((file) =>
    file.listeners.filter((key) => isMeant(bind, key)).map((key) => ({file, key})),
  )
  const fresh = claims.filter(({key}) => !court.holds(key))
  const possible = fresh.length > 0 ? fresh : claims
  const unavailable = new Set(
    possible.length > 1 ? (await probeListeners(possible.map(({key}) => key))).map(({key}) => key) : [],
  )
  const certain = possible.filter(({key}) => unavailable.has(key))
  return (certain.length > 0 ? certain : possible).map(({file, key}) => ({
    file,
    reason: {kind: 'unavailable', key, error: bind.error},
  }))
}

/** The shortest list of files that is refused ends in the culprit: as many tests as the number of files has binary digits. */
async function bisect(files: readonly ConfigFile[], first: Complaint, court: Court): Promise<Culprit[]> {
  const alone = await court.judge([])
  if (alone) throw mainRefused(alone)
  return bisectAfter(0, files, first, court)
}

/**
 * NGINX ran out of memory or time: all files have a part in it. What it served before is not to blame, and of the others the
 * largest is, without which it goes.
 */
async function mostExpensive(
  complaint: Complaint,
  {trusted, changed, kept}: Suspects,
  court: Court,
): Promise<Culprit[]> {
  const known = [...bySize(trusted), ...kept]
  const knownFails = await court.judge(known)
  if (!knownFails) return bisectAfter(known.length, [...known, ...bySize(changed)], complaint, court)
  if (known.length === 0 || (await court.judge([]))) throw hostRefused(complaint)
  return bisectAfter(0, known, knownFails, court)
}

function bySize(files: readonly ConfigFile[]): ConfigFile[] {
  return [...files].sort((a, b) => a.text.length - b.text.length)
}

/** The first `start` files are accepted, and all of them are not. */
async function bisectAfter(
  start: number,
  files: readonly ConfigFile[],
  first: Complaint,
  {judge}: Court,
): Promise<Culprit[]> {
  let [accepted, refused, complaint] = [start, files.length, first]
  while (refused - accepted > 1) {
    const middle = Math.floor((accepted + refused) / 2)
    const found = await judge(files.slice(0, middle))
    if (found?.environment && !(found.exhausted && first.exhausted)) throw hostRefused(found)
    if (found) [refused, complaint] = [middle, found]
    else accepted = middle
  }
  const file = refused > accepted ? files[refused - 1] : undefined
  if (!file) throw first.exhausted ? hostRefused(first) : mainRefused(first)
  const kind = complaint.exhausted ? 'exhausting' : 'refused'
  return [{file, reason: {kind, problem: complaint.message}}]
}

function isMeant(bind: RefusedBind, key: ListenerKey): boolean {
  return bind.port === key.port && spelling(bind.address) === spelling(key.address)
}

/** One spelling for an IPv6 address: NGINX's own need not be ours. */
function spelling(address: string): string {
  return address.includes(':') ? new SocketAddress({address, family: 'ipv6'}).address : address
}

function hostRefused({message}: Complaint): Failure {
  return new Failure(`NGINX cannot use its configuration: ${message}`, {
    code: 'nginx-environment',
    hint: 'no Service is at fault: look at the limits and permissions of this host',
    temporary: true,
  })
}

function mainRefused({message}: Complaint): Failure {
  return new Failure(`NGINX refuses nginx.conf: ${message}`, {
    code: 'nginx-configuration-refused',
    hint: 'no Service is at fault: look at the options of lbex, and at the version and the modules of NGINX',
  })
}
