/** Opens what ends the connections to servers that are not used any more. */
import type {Drainer, DrainerOptions} from '../../controller/drain/drainer.js'
import type {Metrics} from '../../controller/metrics/metrics.js'
import type {DataPlane} from '../../dataplane/data-plane.js'

type Options = Omit<DrainerOptions, 'nginx' | 'onEnded'> & {
  readonly nginx: Pick<DataPlane, 'endConnections' | 'capabilities'>
  readonly metrics: Pick<Metrics, 'noteDrained'> | undefined
}

/** Undefined with --once, because lbex ends before it could end connections, and if this host does not let it do that. */
export async function openDrainer(
  {once}: {readonly once: boolean},
  {metrics, ...options}: Options,
): Promise<Drainer | undefined> {
  if (once || options.nginx.capabilities.drainObstacle) return undefined
  const {Drainer} = await import('../../controller/drain/drainer.js')
  return Drainer.open({...options, onEnded: (connections) => metrics?.noteDrained(connections)})
}
