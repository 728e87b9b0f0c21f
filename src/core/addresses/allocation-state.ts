/** Who allocates addresses, and what is not in the status of Services: an input of the translator, besides the snapshot. */
export type AllocationState = {
  /** False on hosts that only follow the status: another one is the leader of the group, or lbex does not write the status. */
  readonly allocates: boolean
  /** The addresses that this lbex chose and that the status may not have yet, by NAMESPACE/NAME. */
  readonly chosen: ReadonlyMap<string, readonly string[]>
  /**
   * The addresses of the hosts of the group: no Service gets one of them, and a status that has one was written before there were
   * pools. Absent while the hosts are not known.
   */
  readonly hosts?: ReadonlySet<string>
}

/** For commands that read once, and for files: what the status says is kept, and the rest is allocated. */
export const ALLOCATE_ALL: AllocationState = {allocates: true, chosen: new Map(), hosts: new Set()}
