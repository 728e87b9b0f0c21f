/** What an apply is asked to serve, less the listeners that turn out to be unavailable while it is applied. */
import type {ConfigFile} from '../../config-file.js'
import {listenerId} from '../../../core/model/listener-key.js'
import type {Culprit, Reason} from './culprits.js'
import type {UnavailableListener, Without} from '../../data-plane.js'
import type {LeftOut} from './quarantine.js'

type UnavailableCulprit = Culprit & {readonly reason: Extract<Reason, {kind: 'unavailable'}>}

export class Wanted {
  private latest: readonly ConfigFile[]
  private readonly excluded = new Map<string, UnavailableListener & LeftOut>()

  /** `asked` is served whole if the host allows it; without `without` a listener that is unavailable costs its whole file. */
  constructor(
    readonly asked: readonly ConfigFile[],
    readonly without?: Without,
  ) {
    this.latest = asked
  }

  get files(): readonly ConfigFile[] {
    return this.latest
  }

  /** The listeners that are not in `files` any more, each with the Services that ask for it. */
  get leftOut(): readonly LeftOut[] {
    return [...this.excluded.values()]
  }

  /** Leaves out single listeners, and returns the culprits that this does not help: they are to be left out whole. */
  async exclude(culprits: readonly Culprit[], signal: AbortSignal): Promise<Culprit[]> {
    const single = culprits.filter((culprit): culprit is UnavailableCulprit => this.canExclude(culprit))
    if (!this.without || single.length === 0) return [...culprits]
    for (const {reason} of single) this.note(reason)
    this.latest = await this.without([...this.excluded.values()], signal)
    const excluded = new Set<Culprit>(single)
    return culprits.filter((culprit) => !excluded.has(culprit))
  }

  private canExclude({file, reason}: Culprit): boolean {
    return (
      reason.kind === 'unavailable' &&
      this.latest.includes(file) &&
      !this.excluded.has(listenerId(reason.key))
    )
  }

  /** NGINX reports one listener at a time, but an address that the host lacks is missing for all of them. */
  private note({key, error}: UnavailableCulprit['reason']): void {
    for (const {owners, listeners} of this.latest) {
      for (const each of listeners) {
        const isMeant =
          listenerId(each) === listenerId(key) ||
          (error.code === 'no-address' && each.address === key.address)
        if (isMeant) this.add({key: each, error, owners})
      }
    }
  }

  private add({key, error, owners}: UnavailableListener & Pick<LeftOut, 'owners'>): void {
    const reason = {kind: 'unavailable', key, error} as const
    this.excluded.set(listenerId(key), {key, error, owners, reason, kept: false})
  }
}

/** The files that ask for listeners which the host does not give. */
export function holdersAmong(
  files: readonly ConfigFile[],
  unavailable: readonly UnavailableListener[],
): Culprit[] {
  const byId = new Map(unavailable.map(({key, error}) => [listenerId(key), error]))
  return files.flatMap((file) =>
    file.listeners.flatMap((key) => {
      const error = byId.get(listenerId(key))
      return error === undefined ? [] : [{file, reason: {kind: 'unavailable', key, error} as const}]
    }),
  )
}
