/**
 * A limited set of members, each of which belongs to a client. A new member is always accepted: when the pool is full, the oldest
 * member of the client with the most members is evicted. So no client can lock out another one.
 */
export class FairPool<Member> {
  private readonly byClient = new Map<string, Set<Member>>()
  private size = 0

  constructor(private readonly limit: number) {}

  /** Adds a member. Returns the evicted member, if any. */
  add(client: string, member: Member): Member | undefined {
    const members = this.byClient.get(client) ?? new Set()
    this.byClient.set(client, members.add(member))
    this.size += 1
    return this.size > this.limit ? this.evict() : undefined
  }

  remove(client: string, member: Member): void {
    const members = this.byClient.get(client)
    if (!members?.delete(member)) return
    this.size -= 1
    if (members.size === 0) this.byClient.delete(client)
  }

  private evict(): Member | undefined {
    let client = ''
    let most = 0
    for (const [each, {size}] of this.byClient) if (size > most) [client, most] = [each, size]
    const [oldest] = this.byClient.get(client) ?? []
    if (oldest !== undefined) this.remove(client, oldest)
    return oldest
  }
}
