/** The files that an apply is asked to serve, less the listeners that turn out to be unavailable while it is applied. */
import type {NginxFile} from '../../nginx-file.js'
import {listenerId} from '../../../core/model/listener-key.js'
import type {RefusedFile, Reason} from './find-refused-files.js'
import type {UnavailableListener, Without} from '../../data-plane.js'
import type {LeftOut} from './quarantine.js'

type UnavailableFile = RefusedFile & {readonly reason: Extract<Reason, {kind: 'unavailable'}>}

export class WantedFiles {
  private latest: readonly NginxFile[]
  private readonly excluded = new Map<string, UnavailableListener & LeftOut>()

  /**
   * `requested` is served completely if all of its listeners are available. If `without` is absent, an unavailable listener
   * excludes its whole file.
   */
  constructor(
    readonly requested: readonly NginxFile[],
    readonly without?: Without,
  ) {
    this.latest = requested
  }

  get files(): readonly NginxFile[] {
    return this.latest
  }

  /** The listeners that were removed from `files`, each with the Services that request it. */
  get leftOut(): readonly LeftOut[] {
    return [...this.excluded.values()]
  }

  /** Leaves out single listeners. Returns the files for which that does not help: these have to be left out whole. */
  async exclude(refused: readonly RefusedFile[], signal: AbortSignal): Promise<RefusedFile[]> {
    const single = refused.filter((each): each is UnavailableFile => this.canExclude(each))
    if (!this.without || single.length === 0) return [...refused]
    for (const {reason} of single) this.note(reason)
    this.latest = await this.without([...this.excluded.values()], signal)
    const excluded = new Set<RefusedFile>(single)
    return refused.filter((each) => !excluded.has(each))
  }

  private canExclude({file, reason}: RefusedFile): boolean {
    return (
      reason.kind === 'unavailable' &&
      this.latest.includes(file) &&
      !this.excluded.has(listenerId(reason.key))
    )
  }

  /** NGINX reports one listener at a time, but an address that the host lacks is missing for all of its listeners. */
  private note({key, error}: UnavailableFile['reason']): void {
    for (const {owners, listeners} of this.latest) {
      for (const each of listeners) {
        const isAffected =
          listenerId(each) === listenerId(key) ||
          (error.code === 'no-address' && each.address === key.address)
        if (isAffected) this.add({key: each, error, owners})
      }
    }
  }

  private add({key, error, owners}: UnavailableListener & Pick<LeftOut, 'owners'>): void {
    const reason = {kind: 'unavailable', key, error} as const
    this.excluded.set(listenerId(key), {key, error, owners, reason, kept: false})
  }
}

/** The files that request a listener which is unavailable. */
export function filesWithUnavailable(
  files: readonly NginxFile[],
  unavailable: readonly UnavailableListener[],
): RefusedFile[] {
  const byId = new Map(unavailable.map(({key, error}) => [listenerId(key), error]))
  return files.flatMap((file) =>
    file.listeners.flatMap((key) => {
      const error = byId.get(listenerId(key))
      return error === undefined ? [] : [{file, reason: {kind: 'unavailable', key, error} as const}]
    }),
  )
}
