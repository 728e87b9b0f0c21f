/** Leaves out what NGINX refuses, so that one bad Service never keeps the others from being applied. */
import type {ConfigFile} from '../../config-file.js'
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
import type {Culprit, Reason} from './culprits.js'
import {overlaps} from './listeners.js'
import type {Manifest, ManifestFile} from '../store/manifest.js'

/** What is to be served of the files that are wanted. */
export type Selection = {
  /** nginx.conf, the files that nothing speaks against, and `kept`. */
  readonly files: readonly ConfigFile[]
  /** Last good files of Services that are left out. */
  readonly kept: readonly ConfigFile[]
  readonly leftOut: readonly LeftOut[]
}

/** `owners`: the Services that have a route in what is left out. */
export type LeftOut = {readonly owners: readonly ObjectRef[]; readonly reason: Reason; readonly kept: boolean}

/**
 * Milliseconds until a Service is tried again that NGINX could not be tested with. The host may have more memory by then, and
 * each try that fails costs it a minute, or all the memory it has.
 */
const RETRY = 600_000

/** Text of a Service's file on disk, when it is intact. */
type ReadService = (path: string) => Promise<string | undefined>

export class Quarantine {
  /** By path, and so by content. */
  private readonly reasons = new Map<string, Reason>()
  /** When to try again what exhausted the host, by path. */
  private readonly retries = new Map<string, number>()

  constructor(
    private readonly readService: ReadService,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** A new apply: what has changed gets a new chance, and so does what was merely in want of a listener. */
  begin(wanted: readonly ConfigFile[]): void {
    if (this.reasons.size === 0) return
    const paths = new Set(wanted.map(({path}) => path))
    for (const [path, {kind}] of this.reasons) {
      if (kind === 'unavailable' || !paths.has(path) || this.isDue(path)) this.reasons.delete(path)
    }
  }

  add(culprits: readonly Culprit[]): void {
    for (const {file, reason} of culprits) {
      this.reasons.set(file.path, reason)
      if (reason.kind === 'exhausting') this.retries.set(file.path, this.clock.monotonic() + RETRY)
      else this.retries.delete(file.path)
    }
  }

  private isDue(path: string): boolean {
    return this.clock.monotonic() >= (this.retries.get(path) ?? Infinity)
  }

  /** `lastGood` is the generation whose files may stand in for refused ones. */
  async select(wanted: readonly ConfigFile[], lastGood: Manifest | undefined): Promise<Selection> {
    if (this.reasons.size === 0) return {files: wanted, kept: [], leftOut: []}
    const files = wanted.filter(({path}) => !this.reasons.has(path))
    const kept: ConfigFile[] = []
    const leftOut: LeftOut[] = []
    for (const file of wanted) {
      const reason = this.reasons.get(file.path)
      if (file.owners.length === 0 || !reason) continue
      const standIn = await this.standIn(file, [...wanted, ...kept], lastGood)
      if (standIn) kept.push(standIn)
      leftOut.push({owners: file.owners, reason, kept: standIn !== undefined})
    }
    return {files: [...files, ...kept], kept, leftOut}
  }

  /** What was served last in the place of `refused`, if no other file has its listeners now and its content is on disk. */
  private async standIn(
    refused: ConfigFile,
    wanted: readonly ConfigFile[],
    lastGood: Manifest | undefined,
  ): Promise<ConfigFile | undefined> {
    const file = lastGoodOf(refused, wanted, lastGood?.files ?? [])
    if (!file || this.reasons.has(file.path)) return undefined
    const others = wanted.filter(({path}) => nameOf(path) !== nameOf(refused.path))
    const taken = others.flatMap(({listeners}) => listeners)
    if (file.listeners.some((listener) => taken.some((other) => overlaps(listener, other)))) return undefined
    const text = await this.readService(file.path)
    return text === undefined ? undefined : {...file, text}
  }
}

/**
 * The last good version of `refused`. If it has none, the file that served its listeners before they moved to this one, as they
 * do when a second Service shares a listener: one that is not wanted under its name any more, and has no other owners.
 */
function lastGoodOf(
  refused: ConfigFile,
  wanted: readonly ConfigFile[],
  lastGood: readonly ManifestFile[],
): ManifestFile | undefined {
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

/** The part of the path that stays the same when the content changes: `services/NAME`. */
function nameOf(path: string): string {
  return path.slice(0, path.lastIndexOf('-'))
}
