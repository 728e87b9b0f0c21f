/** What `lbex run` knows about the addresses of pools besides the status of Services: who chooses them, and the latest choices. */
import type {ReconcileOutcome} from '../../controller/reconcile.js'
import type {AllocationState} from '../../core/addresses/allocation-state.js'
import {publishedAddressesOf} from '../../core/addresses/assignment.js'
import type {Logger} from '../../util/logger.js'
import type {PoolFlags} from './address-pools.js'
import type {PublishingGroup} from './publishing-group.js'
import type {ClusterEdge} from './source.js'
import {WildcardNote} from './wildcard-note.js'

/** Undefined without --address-pool. */
export function openAddressMemory(
  {'address-pool': pools}: PoolFlags,
  {
    cluster,
    publishing,
    log,
  }: {
    /** Undefined if files are read. */
    readonly cluster: ClusterEdge | undefined
    readonly publishing: {readonly group: PublishingGroup} | undefined
    readonly log: Logger
  },
): AddressMemory | undefined {
  if (!pools) return undefined
  const wildcard = new WildcardNote(log)
  if (!cluster) return new AddressMemory(undefined, wildcard)
  if (!publishing)
    log.warn(
      'addresses of pools are not chosen here, because this lbex does not write the status of Services',
      {
        hint: 'another lbex of the group must choose them: run it without --once and without --publish off',
      },
    )
  return new AddressMemory(publishing?.group ?? FOLLOWER, wildcard)
}

/** For an lbex that reads a cluster but does not write the status: nothing would remember its choices. */
const FOLLOWER: PublishingGroup = {leads: () => false, addresses: () => undefined, onChange: () => {}}

/**
 * Until the API server has stored a choice, lbex keeps it in memory. So a Service keeps the address on which NGINX already listens
 * for it, even if a lower one becomes free in between.
 */
export class AddressMemory {
  private chosen: AllocationState['chosen'] = new Map()
  private latest: AllocationState | undefined

  /** Without a group (files are read), this lbex chooses all addresses. */
  constructor(
    private readonly group?: PublishingGroup,
    private readonly wildcard?: WildcardNote,
  ) {}

  /** The same object as before while nothing changes. */
  read(): AllocationState {
    const allocates = this.group?.leads() ?? true
    const addresses = this.group ? this.group.addresses() : []
    if (!allocates) this.chosen = NONE
    const {chosen, latest} = this
    const isSame =
      latest?.allocates === allocates &&
      latest.chosen === chosen &&
      isSameList(addresses, latest.hosts && [...latest.hosts])
    if (latest && isSame) return latest
    return (this.latest = {allocates, chosen, ...(addresses && {hosts: new Set(addresses)})})
  }

  /** Call this after each reconcile. */
  note({translation}: Pick<ReconcileOutcome, 'translation'>): void {
    this.wildcard?.note({translation})
    if (this.group?.leads() === false) return
    const chosen = new Map<string, readonly string[]>()
    for (const {intent, assignment} of translation.services) {
      const {namespace, name} = intent.service.ref
      if (assignment) chosen.set(`${namespace}/${name}`, publishedAddressesOf(assignment))
    }
    if (!isSameMap(chosen, this.chosen)) this.chosen = chosen
  }

  onChange(listener: () => void): void {
    this.group?.onChange(listener)
  }
}

const NONE: AllocationState['chosen'] = new Map()

function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (!a || !b) return a === b
  return a.length === b.length && a.every((each, index) => each === b[index])
}

function isSameMap(a: AllocationState['chosen'], b: AllocationState['chosen']): boolean {
  return a.size === b.size && [...a].every(([key, addresses]) => isSameList(addresses, b.get(key)))
}
