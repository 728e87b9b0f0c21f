/** What the allocation of addresses needs to know of the hosts that publish together, before and after publishing has started. */
import type {LeaderElection} from '../../publish/election.js'
import type {HostAnnouncement} from '../../publish/host-record.js'

/** The hosts that publish together. */
export type PublishingGroup = {
  /** True if this host is the leader, and knows the other hosts. */
  readonly leads: () => boolean
  /** The addresses of the hosts, sorted; undefined while they are not known. */
  readonly addresses: () => readonly string[] | undefined
  /** Calls `listener` when one of these may have changed. */
  readonly onChange: (listener: () => void) => void
}

export type GroupParts = {
  readonly hosts: {
    readonly fresh: () => readonly HostAnnouncement[]
    readonly onChange: (listener: () => void) => unknown
  }
  /** Resolves when `fresh` has the other hosts. */
  readonly known: Promise<void>
  readonly election: Pick<LeaderElection, 'isLeader' | 'onChange'>
}

export class GroupView implements PublishingGroup {
  private parts: GroupParts | undefined
  private isKnown = false
  private readonly listeners = new Set<() => void>()

  /** `fixed`: --publish-address. */
  constructor(private readonly fixed: readonly string[]) {}

  open(parts: GroupParts): void {
    this.parts = parts
    const notify = (): void => {
      for (const listener of this.listeners) listener()
    }
    parts.election.onChange(notify)
    parts.hosts.onChange(notify)
    void parts.known.then(() => {
      this.isKnown = true
      notify()
    })
  }

  leads(): boolean {
    return this.isKnown && this.parts?.election.isLeader === true
  }

  addresses(): readonly string[] | undefined {
    if (!this.isKnown || !this.parts) return undefined
    const ofHosts = this.parts.hosts
      .fresh()
      .flatMap(({addresses, listen = []}) => [...addresses, ...listen.map(({address}) => address)])
    return [...new Set([...this.fixed, ...ofHosts])].sort()
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener)
  }
}
