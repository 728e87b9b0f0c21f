/** The current addresses of this host. They can change: keepalived moves addresses between hosts. */
import {networkInterfaces} from 'node:os'

type Interfaces = ReturnType<typeof networkInterfaces>

/** Reads them at each call; returns the same set as long as nothing changed. */
export function hostAddressReader(read: () => Interfaces = networkInterfaces): () => ReadonlySet<string> {
  let latest: ReadonlySet<string> = new Set()
  return () => {
    const current = new Set(Object.values(read()).flatMap((all) => (all ?? []).map(({address}) => address)))
    if (!areEqual(current, latest)) latest = current
    return latest
  }
}

function areEqual(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((address) => b.has(address))
}
