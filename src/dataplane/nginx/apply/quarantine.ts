/** Leaves out what NGINX rejects, so that one bad Service never blocks the others. */
import type {QuarantinedFile} from '../../data-plane-details.js'
import type {NginxFile} from '../../nginx-file.js'
import {contentHash} from '../../../core/model/content-hash.js'
import {listenerId} from '../../../core/model/listener-key.js'
import {diagnosePortHeld} from '../../../core/model/port-held.js'
import {
  describeObject,
  diagnose,
  type Diagnostic,
  type ObjectRef,
  type Subject,
} from '../../../diagnostics/diagnostic.js'
import type {Clock} from '../../../util/clock.js'
import type {RefusedFile, Reason} from './find-refused-files.js'
import {withConfirmedServers} from '../live/confirmed-servers.js'
import {admitsMore} from './admitted-clients.js'
import {listensOnMore, overlaps} from './listeners.js'
import {NO_SERVERS_CHANGED, type ConfirmedServers} from './serving.js'
import {fileOf, type GenerationIndex, type IndexedFile} from '../store/generation-index.js'

/** The part of the wanted files that is to be served. */
export type Selection = {
  /** nginx.conf, the files that are not in quarantine, and `kept`. */
  readonly files: readonly NginxFile[]
  /** Last good files of Services that are left out. */
  readonly kept: readonly NginxFile[]
  readonly leftOut: readonly LeftOut[]
}

/** `owners`: the Services that have a route in what is left out. */
export type LeftOut = {readonly owners: readonly ObjectRef[]; readonly reason: Reason; readonly kept: boolean}

/**
 * Milliseconds until the next test of a Service that took too much memory or time. The host may have more memory by then. Each
 * failed test costs the host a minute, or all of its memory.
 */
const RETRY = 600_000

/** Text of a Service's file on disk, if it is intact. */
type ReadService = (path: string) => Promise<string | undefined>

export class Quarantine {
  /** By path, and so by content. */
  private readonly reasons = new Map<string, Reason>()
  /** When to retry a file that exhausted the host, by path. */
  private readonly retries = new Map<string, number>()
  /** The Services of a file, by path. */
  private readonly owners = new Map<string, readonly ObjectRef[]>()

  constructor(
    private readonly readService: ReadService,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** Starts a new apply: retries files that changed, and files that only lacked a listener. */
  begin(wanted: readonly NginxFile[]): void {
    if (this.reasons.size === 0) return
    const paths = new Set(wanted.map(({path}) => path))
    for (const [path, {kind}] of this.reasons) {
      if (kind === 'unavailable' || !paths.has(path) || this.isDue(path)) this.release(path)
    }
  }

  /** What is in quarantine now. */
  get content(): QuarantinedFile[] {
    return [...this.reasons].map(([path, {kind}]) => {
      const retryAt = kind === 'exhausting' ? this.retries.get(path) : undefined
      return {
        ...{owners: this.owners.get(path) ?? [], reason: kind},
        ...(retryAt !== undefined && {retryIn: Math.max(0, retryAt - this.clock.monotonic())}),
      }
    })
  }

  add(refused: readonly RefusedFile[]): void {
    for (const {file, reason} of refused) {
      this.reasons.set(file.path, reason)
      this.owners.set(file.path, file.owners)
      if (reason.kind === 'exhausting') this.retries.set(file.path, this.clock.monotonic() + RETRY)
      else this.retries.delete(file.path)
    }
  }

  private release(path: string): void {
    this.reasons.delete(path)
    this.owners.delete(path)
  }

  private isDue(path: string): boolean {
    return this.clock.monotonic() >= (this.retries.get(path) ?? Infinity)
  }

  /** `lastGood` is the generation whose files may replace refused files, with these servers. */
  async select(
    wanted: readonly NginxFile[],
    lastGood: GenerationIndex | undefined,
    servers = NO_SERVERS_CHANGED,
  ): Promise<Selection> {
    if (this.reasons.size === 0) return {files: wanted, kept: [], leftOut: []}
    const files = wanted.filter(({path}) => !this.reasons.has(path))
    const kept: NginxFile[] = []
    const leftOut: LeftOut[] = []
    for (const file of wanted) {
      const reason = this.reasons.get(file.path)
      if (file.owners.length === 0 || !reason) continue
      const fallback = await this.fallbackFor(file, [...wanted, ...kept], {lastGood, servers})
      if (fallback) kept.push(fallback)
      leftOut.push({owners: file.owners, reason, kept: fallback !== undefined})
    }
    return {files: [...files, ...kept], kept, leftOut}
  }

  /**
   * The file to serve instead of `refused`, if no other file has its listeners now and its content is on disk. Not a file with
   * wider source ranges or more addresses: clients that the Service no longer allows must not be able to connect.
   */
  private async fallbackFor(
    refused: NginxFile,
    wanted: readonly NginxFile[],
    {lastGood, servers}: {readonly lastGood: GenerationIndex | undefined; readonly servers: ConfirmedServers},
  ): Promise<NginxFile | undefined> {
    const file = lastGoodOf(refused, wanted, lastGood?.files ?? [])
    if (!file || this.reasons.has(file.path)) return undefined
    if (listensOnMore(file.listeners, refused.listeners)) return undefined
    const others = wanted.filter(({path}) => nameOf(path) !== nameOf(refused.path))
    const taken = others.flatMap(({listeners}) => listeners)
    if (file.listeners.some((listener) => taken.some((other) => overlaps(listener, other)))) return undefined
    const fallback = withServers(file, await this.readService(file.path), servers)
    if (!fallback || this.reasons.has(fallback.path)) return undefined
    return admitsMore(fallback.text, refused.text) ? undefined : fallback
  }
}

/** The file as NGINX serves it: servers that were removed without a reload must not come back. */
function withServers(
  file: IndexedFile,
  text: string | undefined,
  servers: ConfirmedServers,
): NginxFile | undefined {
  const current = text === undefined ? undefined : withConfirmedServers(text, servers)
  if (current === undefined) return undefined
  if (current === text) return fileOf(file, text)
  return {...fileOf(file, current), path: `${nameOf(file.path)}-${contentHash(current)}.conf`}
}

/**
 * The last good version of `refused`. If there is none, the file that had its listeners before they moved to `refused`, as they
 * do when a second Service shares a listener. That file must have no other owners, and no wanted file may have its name.
 */
function lastGoodOf(
  refused: NginxFile,
  wanted: readonly NginxFile[],
  lastGood: readonly IndexedFile[],
): IndexedFile | undefined {
  const version = lastGood.find(({path}) => nameOf(path) === nameOf(refused.path))
  if (version) return version
  const listeners = new Set(refused.listeners.map(listenerId))
  const owners = new Set(refused.owners.map(describeObject))
  return lastGood.find(
    (file) =>
      file.listeners.some((key) => listeners.has(listenerId(key))) &&
      file.owners.every((owner) => owners.has(describeObject(owner))) &&
      !wanted.some(({path}) => nameOf(path) === nameOf(file.path)),
  )
}

/** One diagnostic for each owner of what is left out: a file, or a single listener. */
export function diagnoseLeftOut(leftOut: readonly LeftOut[]): Diagnostic[] {
  return leftOut.flatMap((each) =>
    each.owners.map((ref) => ({...diagnoseFor({ref}, each), ...othersOf(each.owners, ref)})),
  )
}

/** Names the other owners of a file or listener to each of them. */
function othersOf(owners: readonly ObjectRef[], ref: ObjectRef): Pick<Diagnostic, 'related'> {
  const others = owners.filter((owner) => owner !== ref)
  if (others.length === 0) return {}
  return {related: others.map((object) => ({message: 'shares the listener', object}))}
}

/** The Services of what is left out, each once. */
export function ownersLeftOut(leftOut: readonly LeftOut[]): ObjectRef[] {
  const owners = leftOut.flatMap((each) => each.owners)
  return [...new Map(owners.map((owner) => [describeObject(owner), owner])).values()]
}

function diagnoseFor(subject: Subject, {reason, kept}: LeftOut): Diagnostic {
  if (reason.kind === 'refused')
    return diagnose('nginx-refused', {subject, args: {problem: reason.problem, kept}})
  if (reason.kind === 'exhausting')
    return diagnose('nginx-exhausted', {subject, args: {problem: reason.problem, kept}})
  return diagnosePortHeld({...reason, kept}, {subject})
}

/** The part of the path that does not depend on the content: `services/NAME`. */
function nameOf(path: string): string {
  return path.slice(0, path.lastIndexOf('-'))
}
