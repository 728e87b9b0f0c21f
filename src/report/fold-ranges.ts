/** Shows the listeners of a range of listen ports together, instead of one for each port. */

/** A listener, `0.0.0.0:20000/UDP`, with its servers, `10.1.0.1:30000`. */
type Served = {readonly listener: string; readonly servers: readonly string[]}

type Range<T extends Served> = {readonly first: T; readonly port: number; count: number}

/**
 * Joins listeners that follow each other and differ only in their ports: `0.0.0.0:20000-20099/UDP`, `10.1.0.1:30000-30099`. Two listeners
 * are alike if `describe` returns the same text for them, and if the ports of their servers are as far from their own.
 */
export function foldRanges<T extends Served>(
  listeners: readonly T[],
  describe: (listener: T) => string,
): T[] {
  const ranges: Range<T>[] = []
  const latest = new Map<string, Range<T>>()
  for (const listener of listeners) {
    const port = portIn(listener.listener)
    const place = withPorts(listener, (each) => `${each - port}`)
    const shape = JSON.stringify([describe(listener), place.listener, place.servers])
    const range = latest.get(shape)
    if (range && range.port + range.count === port) range.count += 1
    else {
      const single = {first: listener, port, count: 1}
      latest.set(shape, single)
      ranges.push(single)
    }
  }
  return ranges.map(({first, count}) =>
    count === 1 ? first : withPorts(first, (port) => `${port}-${port + count - 1}`),
  )
}

/** `:PORT` before the protocol, or at the end. */
const PORT = /:(\d+)(?=\/|$)/

function portIn(text: string): number {
  return Number(PORT.exec(text)?.[1])
}

function withPorts<T extends Served>(served: T, write: (port: number) => string): T {
  const change = (text: string): string => text.replace(PORT, (_, port) => `:${write(Number(port))}`)
  return {...served, listener: change(served.listener), servers: served.servers.map(change)}
}
