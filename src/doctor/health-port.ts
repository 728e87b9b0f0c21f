/** The port of the health checks: free, or answered by an lbex that runs. */
import {bracketed, type ListenerKey} from '../config/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import {probeListeners} from '../nginx/probe.js'
import {whoListens} from './listeners.js'

const check = new Check('health-port')

/** Milliseconds for an answer. */
const PATIENCE = 2000

export type HealthPort = {
  readonly port: number
  /** Absent: every address. */
  readonly address?: string | undefined
  readonly ipv6: boolean
}

export async function checkHealthPort({port, address, ipv6}: HealthPort): Promise<Finding> {
  const addresses = address === undefined ? ['0.0.0.0', ...(ipv6 ? ['::'] : [])] : [address]
  const keys: ListenerKey[] = addresses.map((each) => ({address: each, port, protocol: 'TCP'}))
  const [held] = await probeListeners(keys.map((key) => ({key})))
  if (!held) return check.ok(`${port} is free`)
  const answer = held.problem === 'the port is in use' ? await askHealth(port, address) : undefined
  if (answer === 'healthy') return check.ok(`an lbex answers on ${port}: healthy`)
  if (answer !== undefined)
    return check.warning(
      `an lbex answers on ${port}: ${answer}`,
      `curl http://localhost:${port}/readyz?verbose`,
    )
  return check.problem(
    `${port} cannot be had: ${held.problem}`,
    `${whoListens(port, 'TCP')} with --health-port`,
  )
}

/** What an lbex on this port says of its health; undefined for any other answer. */
export async function askHealth(port: number, address = '127.0.0.1'): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${bracketed(address)}:${port}/`, {
      signal: AbortSignal.timeout(PATIENCE),
    })
    return /^(healthy|unhealthy: .*)$/.exec((await response.text()).trim())?.[0]
  } catch {
    return undefined
  }
}
