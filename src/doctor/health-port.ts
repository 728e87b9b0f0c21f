/** The port of the health checks: free, or answered by an lbex that runs. */
import {bracketed, type ListenerKey} from '../core/model/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import {probeListeners} from '../dataplane/nginx/apply/probe.js'
import {describeHolder, holderOfTcpPort} from '../dataplane/nginx/process/socket-holder.js'
import {whoListens} from './listeners.js'

const check = new Check('health-port')

/** Milliseconds for an answer. */
const PATIENCE = 2000
/** Characters; more than an lbex says. */
const LONGEST_ANSWER = 4096

export type HealthPort = {
  readonly port: number
  /** Absent: every address. */
  readonly address?: string | undefined
  readonly ipv6: boolean
}

export async function checkHealthPort({port, address, ipv6}: HealthPort): Promise<Finding> {
  const addresses = address === undefined ? ['0.0.0.0', ...(ipv6 ? ['::'] : [])] : [address]
  const keys: ListenerKey[] = addresses.map((each) => ({address: each, port, protocol: 'TCP'}))
  const [held] = await probeListeners(keys)
  if (!held) return check.ok(`${port} is free`)
  const isInUse = held.problem === 'the port is in use'
  const answer = isInUse ? await askHealth(port, address) : undefined
  if (answer === 'healthy') return check.ok(`an lbex answers on ${port}: healthy`)
  if (answer !== undefined)
    return check.warning(
      `an lbex answers on ${port}: ${answer}`,
      `curl http://localhost:${port}/readyz?verbose`,
    )
  const holder = isInUse ? describeHolder(await holderOfTcpPort(port)) : undefined
  return check.problem(
    `${port} cannot be had: ${held.problem}${holder === undefined ? '' : ` by ${holder}`}`,
    `${whoListens(port, 'TCP')} with --health-port`,
  )
}

/** What an lbex on this port says of its health; undefined for any other answer. */
export async function askHealth(port: number, address = '127.0.0.1'): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${bracketed(address)}:${port}/`, {
      signal: AbortSignal.timeout(PATIENCE),
    })
    // Any process may have the port: what it says goes to a terminal.
    return /^(healthy|unhealthy: \P{C}{1,500})$/u.exec((await beginningOf(response)).trim())?.[0]
  } catch {
    return undefined
  }
}

/** No more of a body than an lbex would send. */
async function beginningOf({body}: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, {stream: true})
    if (text.length > LONGEST_ANSWER) throw new Error('this is not the answer of an lbex')
  }
  return text
}
