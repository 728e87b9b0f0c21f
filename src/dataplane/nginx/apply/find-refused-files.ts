/** Finds the files for which NGINX rejects a configuration: by the file or the address that it names, or else by bisection. */
import {SocketAddress} from 'node:net'
import type {NginxFile} from '../../nginx-file.js'
import type {ListenerKey} from '../../../core/model/listener-key.js'
import type {BindError} from '../../../diagnostics/bind-error.js'
import {Failure} from '../../../diagnostics/failure.js'
import type {Refusal, RefusedBind} from '../process/refusal.js'
import {probeListeners} from './probe.js'

export type Reason =
  /** NGINX rejects its content: it is left out until it changes. */
  | {readonly kind: 'refused'; readonly problem: string}
  /** NGINX cannot test a configuration with it: it is left out until it changes, or for some minutes. */
  | {readonly kind: 'exhausting'; readonly problem: string}
  /** A listener is unavailable: the next apply tries it again. */
  | {readonly kind: 'unavailable'; readonly key: ListenerKey; readonly error: BindError}

/** A file that has to be left out before NGINX can serve the others. */
export type RefusedFile = {readonly file: NginxFile; readonly reason: Reason}

/** The Services' files of a refused configuration. */
export type Suspects = {
  /** NGINX serves these, or served them last. */
  readonly trusted: readonly NginxFile[]
  readonly changed: readonly NginxFile[]
  /** Last good files of Services whose wanted file is left out already. */
  readonly kept: readonly NginxFile[]
}

export type Tester = {
  /** Runs the configtest of nginx.conf with these files. */
  readonly test: (files: readonly NginxFile[]) => Promise<Refusal | undefined>
  /** True for a listener that NGINX holds already. Such a listener cannot be the one that was refused. */
  readonly holds: (key: ListenerKey) => boolean
}

/** At least one file. Rejects with a Failure if no Service is the cause: the host is, or nginx.conf itself. */
export async function findRefusedFiles(
  refusal: Refusal,
  suspects: Suspects,
  tester: Tester,
): Promise<RefusedFile[]> {
  const {trusted, changed, kept} = suspects
  if (refusal.exhausted) return mostExpensive(refusal, suspects, tester)
  if (refusal.environment) throw hostRefused(refusal)
  const all = [...trusted, ...changed, ...kept]
  if (refusal.binds.length > 0) return filesOfBinds(refusal, all, tester)
  const named = changed.find(({path}) => path === refusal.file)
  if (named && kept.length === 0) return [{file: named, reason: {kind: 'refused', problem: refusal.message}}]
  return bisect(all, refusal, tester)
}

async function filesOfBinds(
  refusal: Refusal,
  files: readonly NginxFile[],
  tester: Tester,
): Promise<RefusedFile[]> {
  const found = await Promise.all(refusal.binds.map((bind) => filesOfBind(bind, files, tester)))
  const unique = new Map(found.flat().map((refused) => [refused.file.path, refused]))
  if (unique.size === 0) throw hostRefused(refusal)
  return [...unique.values()]
}

/** NGINX does not name the protocol: if both TCP and UDP are new, a probe finds out. */
async function filesOfBind(
  bind: RefusedBind,
  files: readonly NginxFile[],
  tester: Tester,
): Promise<RefusedFile[]> {
  const candidates = files.flatMap((file) =>
    file.listeners.filter((key) => matchesBind(bind, key)).map((key) => ({file, key})),
  )
  const fresh = candidates.filter(({key}) => !tester.holds(key))
  const possible = fresh.length > 0 ? fresh : candidates
  const unavailable = new Set(
    possible.length > 1 ? (await probeListeners(possible.map(({key}) => key))).map(({key}) => key) : [],
  )
  const certain = possible.filter(({key}) => unavailable.has(key))
  return (certain.length > 0 ? certain : possible).map(({file, key}) => ({
    file,
    reason: {kind: 'unavailable', key, error: bind.error},
  }))
}

/** The last file of the shortest list that NGINX rejects. Takes as many tests as the number of files has binary digits. */
async function bisect(files: readonly NginxFile[], first: Refusal, tester: Tester): Promise<RefusedFile[]> {
  const alone = await tester.test([])
  if (alone) throw mainRefused(alone)
  return bisectAfter(0, files, first, tester)
}

/**
 * NGINX ran out of memory or time. All files contribute to that. Files that it served before are not suspected; of the others
 * the largest without which NGINX accepts the configuration is left out.
 */
async function mostExpensive(
  refusal: Refusal,
  {trusted, changed, kept}: Suspects,
  tester: Tester,
): Promise<RefusedFile[]> {
  const known = [...bySize(trusted), ...kept]
  const knownFails = await tester.test(known)
  if (!knownFails) return bisectAfter(known.length, [...known, ...bySize(changed)], refusal, tester)
  if (known.length === 0 || (await tester.test([]))) throw hostRefused(refusal)
  return bisectAfter(0, known, knownFails, tester)
}

function bySize(files: readonly NginxFile[]): NginxFile[] {
  return [...files].sort((a, b) => a.text.length - b.text.length)
}

/** NGINX accepts the first `start` files, and refuses all of them together. */
async function bisectAfter(
  start: number,
  files: readonly NginxFile[],
  first: Refusal,
  {test}: Tester,
): Promise<RefusedFile[]> {
  let [accepted, refused, refusal] = [start, files.length, first]
  while (refused - accepted > 1) {
    const middle = Math.floor((accepted + refused) / 2)
    const found = await test(files.slice(0, middle))
    if (found?.environment && !(found.exhausted && first.exhausted)) throw hostRefused(found)
    if (found) [refused, refusal] = [middle, found]
    else accepted = middle
  }
  const file = refused > accepted ? files[refused - 1] : undefined
  if (!file) throw first.exhausted ? hostRefused(first) : mainRefused(first)
  const kind = refusal.exhausted ? 'exhausting' : 'refused'
  return [{file, reason: {kind, problem: refusal.message}}]
}

function matchesBind(bind: RefusedBind, key: ListenerKey): boolean {
  return bind.port === key.port && canonical(bind.address) === canonical(key.address)
}

/** NGINX may write an IPv6 address in another form than lbex. */
function canonical(address: string): string {
  return address.includes(':') ? new SocketAddress({address, family: 'ipv6'}).address : address
}

function hostRefused({message}: Refusal): Failure {
  return new Failure(`NGINX cannot use its configuration: ${message}`, {
    code: 'nginx-environment',
    hint: 'no Service is the cause: check the limits and permissions of this host',
    temporary: true,
  })
}

function mainRefused({message}: Refusal): Failure {
  return new Failure(`NGINX rejects nginx.conf: ${message}`, {
    code: 'nginx-configuration-refused',
    hint: 'no Service is the cause: check the options of lbex, and the version and the modules of NGINX',
  })
}
