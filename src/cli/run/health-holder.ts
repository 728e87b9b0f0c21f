/** Finds out which program holds the port of the health checks, so that the error message names it. */
import {bindErrorOf} from '../../diagnostics/bind-error.js'
import {Failure} from '../../diagnostics/failure.js'
import {askHealth} from '../../controller/ask-health.js'
import type {DataPlane} from '../../dataplane/data-plane.js'
import {describeHolder, holderOfTcpPort} from '../../dataplane/nginx/process/socket-holder.js'

export type WantedPort = {
  readonly port: number
  /** Absent: every address. */
  readonly address?: string | undefined
}

/** Adds the program that has the port to the Failure of the health server; returns any other error unchanged. */
export async function nameHolder(
  error: unknown,
  wanted: WantedPort,
  nginx: Pick<DataPlane, 'probe'>,
): Promise<unknown> {
  if (!(error instanceof Failure) || !isInUse(error)) return error
  const holder = await findHolder(wanted, nginx)
  const {code, cause} = error
  if (!holder) {
    const process = describeHolder(await holderOfTcpPort(wanted.port))
    if (process === undefined) return error
    const {hint = ''} = error
    return new Failure(`${error.message} by ${process}`, {code, cause, hint})
  }
  return new Failure(`${error.message} by ${holder.name}`, {code, cause, hint: holder.hint})
}

function isInUse({cause}: Failure): boolean {
  return bindErrorOf((cause as NodeJS.ErrnoException | undefined)?.code, '').code === 'in-use'
}

async function findHolder(
  {port, address}: WantedPort,
  nginx: Pick<DataPlane, 'probe'>,
): Promise<{name: string; hint: string} | undefined> {
  const health = await askHealth(port, address)
  if (health !== undefined) {
    return {
      name: `another lbex, which reports ${health}`,
      hint: 'stop that lbex, or choose another port with --health-port',
    }
  }
  const addresses = address === undefined ? ['0.0.0.0', '::'] : [address]
  const listeners = addresses.map((each) => ({address: each, port, protocol: 'TCP' as const}))
  // `probe` does not report the ports that our own NGINX has.
  const unavailable = await nginx.probe([{path: '', text: '', owners: [], listeners}])
  if (unavailable.some(({error}) => error.code === 'in-use')) return undefined
  return {
    name: 'the NGINX that an earlier lbex left running, which serves a Service on it',
    hint: 'stop it with lbex drain (and the same --nginx-dir), or choose another port with --health-port',
  }
}
