/** Checks the port of the health server: it must be free, or belong to a running lbex. */
import {askHealth} from '../controller/ask-health.js'
import type {ListenerKey} from '../core/model/listener-key.js'
import {describeBindError} from '../diagnostics/bind-error.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import {probeListeners} from '../dataplane/nginx/apply/probe.js'
import {describeHolder, holderOfTcpPort} from '../dataplane/nginx/process/socket-holder.js'
import {whoListens} from './listeners.js'

const check = new Check('health-port')

export type HealthPort = {
  readonly port: number
  /** If absent, all addresses. */
  readonly address?: string | undefined
  readonly ipv6: boolean
}

export async function checkHealthPort({port, address, ipv6}: HealthPort): Promise<Finding> {
  const addresses = address === undefined ? ['0.0.0.0', ...(ipv6 ? ['::'] : [])] : [address]
  const keys: ListenerKey[] = addresses.map((each) => ({address: each, port, protocol: 'TCP'}))
  const [unavailable] = await probeListeners(keys)
  if (!unavailable) return check.ok(`${port} is free`)
  const isInUse = unavailable.error.code === 'in-use'
  const answer = isInUse ? await askHealth(port, address) : undefined
  if (answer === 'healthy') return check.ok(`an lbex answers on ${port}: healthy`)
  if (answer !== undefined)
    return check.warning(
      `an lbex answers on ${port}: ${answer}`,
      `curl http://localhost:${port}/readyz?verbose`,
    )
  const holder = isInUse ? describeHolder(await holderOfTcpPort(port)) : undefined
  return check.problem(
    `${port} is not available: ${describeBindError(unavailable.error)}${holder === undefined ? '' : ` by ${holder}`}`,
    `${whoListens(port, 'TCP')} with --health-port`,
  )
}
