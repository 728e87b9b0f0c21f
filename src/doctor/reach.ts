/** Whether the servers that the listeners lead to can be reached from here: a connection to a few of them, over TCP. */
import {connect} from 'node:net'
import {bracketed} from '../core/model/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'

const check = new Check('backends')

export type Target = {readonly address: string; readonly port: number}

export type Targets = {
  /** In the order of their weight for the verdict: the first few are tried. */
  readonly tcp: readonly Target[]
  readonly udp: readonly Target[]
}

/** Addresses that are tried, and named in one sentence. */
const MOST = 20
const MOST_NAMED = 5
/** Milliseconds for a connection; what NGINX waits. */
const PATIENCE = 2000

/** All at once, so that it takes no longer than one. */
export async function checkReach({tcp, udp}: Targets): Promise<Finding[]> {
  const tried = tcp.slice(0, MOST)
  const outcomes = await Promise.all(tried.map(async (target) => ({target, outcome: await tryTcp(target)})))
  const named = (wanted: (outcome: string) => boolean): string[] =>
    outcomes.flatMap(({target, outcome}) =>
      wanted(outcome) ? [`${bracketed(target.address)}:${target.port}`] : [],
    )
  return [
    ...cannotReach(named((outcome) => outcome === 'away')),
    ...refused(named((outcome) => outcome === 'refused')),
    ...reached(named((outcome) => outcome === 'open').length, tcp.length),
    ...(udp.length > 0
      ? [check.ok(`${counted(udp.length)} of UDP not tried: what is there does not answer a connection`)]
      : []),
  ]
}

function cannotReach(addresses: readonly string[]): Finding[] {
  if (addresses.length === 0) return []
  return [
    check.problem(
      `no answer from ${few(addresses)}`,
      'a firewall or a missing route: node ports have to be open from this host to the nodes; Pod addresses exist on nodes only, so give the Service upstream-type node, or run lbex on a node',
    ),
  ]
}

function refused(addresses: readonly string[]): Finding[] {
  if (addresses.length === 0) return []
  return [
    check.warning(
      `nothing listens on ${few(addresses)}`,
      'kubectl get pods -o wide: is the program up and on that port; for a node port, does kube-proxy run on the node',
    ),
  ]
}

function reached(open: number, all: number): Finding[] {
  if (open === 0) return all === 0 ? [check.ok('there is no address of TCP to try')] : []
  return [check.ok(`connected to ${open} of ${counted(all)}`)]
}

function counted(count: number): string {
  return count === 1 ? '1 address' : `${count} addresses`
}

function few(addresses: readonly string[]): string {
  const rest = addresses.length - MOST_NAMED
  return addresses.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function tryTcp({address, port}: Target): Promise<'open' | 'refused' | 'away'> {
  return new Promise((resolve) => {
    const socket = connect({host: address, port, timeout: PATIENCE})
    const end = (outcome: 'open' | 'refused' | 'away'): void => {
      socket.destroy()
      resolve(outcome)
    }
    socket.on('connect', () => end('open'))
    socket.on('timeout', () => end('away'))
    socket.on('error', ({code}: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' ? 'refused' : 'away'))
  })
}
