/** Checks that backends are reachable from this host, with TCP connections to a few of them. */
import {connect} from 'node:net'
import {bracketed} from '../core/model/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'

const check = new Check('backends')

export type ReachTarget = {readonly address: string; readonly port: number}

export type ReachTargets = {
  /** The first MOST are tried. */
  readonly tcp: readonly ReachTarget[]
  readonly udp: readonly ReachTarget[]
}

/** Limits of addresses that are tried, and of addresses in one message. */
const MOST = 20
const MOST_NAMED = 5
/** Connect timeout in milliseconds, as in the configuration of NGINX. */
const PATIENCE = 2000

/** Connects to all concurrently, so that the check takes one timeout at most. */
export async function checkReach({tcp, udp}: ReachTargets): Promise<Finding[]> {
  const tried = tcp.slice(0, MOST)
  const outcomes = await Promise.all(tried.map(async (target) => ({target, outcome: await tryTcp(target)})))
  const named = (desired: (outcome: string) => boolean): string[] =>
    outcomes.flatMap(({target, outcome}) =>
      desired(outcome) ? [`${bracketed(target.address)}:${target.port}`] : [],
    )
  return [
    ...cannotReach(named((outcome) => outcome === 'away')),
    ...refused(named((outcome) => outcome === 'refused')),
    ...reached(named((outcome) => outcome === 'open').length, tcp.length),
    ...(udp.length > 0
      ? [check.ok(`${counted(udp.length)} of UDP not tried: UDP has no connections to test`)]
      : []),
  ]
}

function cannotReach(addresses: readonly string[]): Finding[] {
  if (addresses.length === 0) return []
  return [
    check.problem(
      `no answer from ${few(addresses)}`,
      'check firewalls and routes: node ports must be open from this host to the nodes; Pod addresses are reachable on nodes only, so set upstream-type node on the Service, or run lbex on a node',
    ),
  ]
}

function refused(addresses: readonly string[]): Finding[] {
  if (addresses.length === 0) return []
  return [
    check.warning(
      `nothing listens on ${few(addresses)}`,
      'check with kubectl get pods -o wide that the Pods are running and listen on that port; for a node port, check that kube-proxy runs on the node',
    ),
  ]
}

function reached(open: number, all: number): Finding[] {
  if (open === 0) return all === 0 ? [check.ok('there are no TCP addresses to try')] : []
  return [check.ok(`connected to ${open} of ${counted(all)}`)]
}

function counted(count: number): string {
  return count === 1 ? '1 address' : `${count} addresses`
}

function few(addresses: readonly string[]): string {
  const rest = addresses.length - MOST_NAMED
  return addresses.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function tryTcp({address, port}: ReachTarget): Promise<'open' | 'refused' | 'away'> {
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
