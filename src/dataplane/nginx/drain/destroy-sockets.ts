/** Ends sockets with `ss -K`. */
import {Failure} from '../../../diagnostics/failure.js'
import {bracketed} from '../../../core/model/listener-key.js'
import {run} from '../../../util/run-program.js'
import {endpointOf} from '../../../util/socket-table.js'

/** Addresses as hexKey writes them. */
export type Connection = {
  readonly protocol: 'TCP' | 'UDP'
  readonly local: string
  readonly remote: string
}

/** Connections of one call: the kernel compares each socket of the host with all of them, and limits the size of a filter. */
const BATCH = 250

/** Milliseconds: a host may have very many sockets. */
const TIMEOUT = 30_000

const OPTIONS = {TCP: '--tcp', UDP: '--udp'} as const

/**
 * Returns how many sockets the kernel ended: one that is closed already, or that the kernel cannot end, does not count. Rejects with
 * the temporary Failure `drain-failed` if lbex may not end sockets, and as `run` does.
 */
export async function destroySockets(connections: readonly Connection[]): Promise<number> {
  let ended = 0
  for (const protocol of ['TCP', 'UDP'] as const) {
    const all = connections.filter((each) => each.protocol === protocol)
    for (let start = 0; start < all.length; start += BATCH)
      ended += await destroyBatch(protocol, all.slice(start, start + BATCH))
  }
  return ended
}

async function destroyBatch(protocol: Connection['protocol'], batch: readonly Connection[]): Promise<number> {
  const parameters = ['--kill', '--no-header', '--numeric', '--oneline', OPTIONS[protocol], '--filter=-']
  const {exitCode, stdout, stderr} = await run('ss', parameters, {timeout: TIMEOUT, input: filterOf(batch)})
  if (exitCode === 0 && stderr.trim() === '') return stdout.split('\n').filter(Boolean).length
  throw new Failure(`ss --kill failed: ${stderr.trim() || `exit code ${exitCode}`}`, {
    code: 'drain-failed',
    hint: 'lbex needs CAP_NET_ADMIN to end connections',
    temporary: true,
  })
}

/**
 * The servers first: most sockets of the host are connected to none of them, which one comparison for each server finds out. One
 * address in a line, because ss reads lines of at most 1,022 characters.
 */
function filterOf(connections: readonly Connection[]): string {
  const byServer = new Map<string, string[]>()
  for (const {local, remote} of connections) {
    const others = byServer.get(remote)
    if (others) others.push(local)
    else byServer.set(remote, [local])
  }
  const servers = [...byServer].map(
    ([remote, locals]) =>
      `( dst ${textOf(remote)} and ( ${locals.map((local) => `src ${textOf(local)}`).join(' or\n')} ) )`,
  )
  return `${servers.join(' or\n')}\n`
}

function textOf(key: string): string {
  const {address, port} = endpointOf(key)
  return `${bracketed(address)}:${port}`
}
