/**
 * EndpointSlices as the controller of Kubernetes writes them from Pods. No kubelet runs: the test writes the status of the
 * Pods, and ends those that were deleted.
 */
import {freePort} from '../support/ports.js'
import {aNode} from './objects.js'
import {aPlainService, untilExternalIp} from './published.js'
import {MERGE_PATCH, type RealCluster} from './real-cluster.js'
import {QUICKLY, untilAnswers, untilShared, useStage} from './stage.js'

export const CONTROLLERS = ['endpointslice-controller']

const PODS = '/api/v1/namespaces/default/pods'
const AT_ONCE = '?gracePeriodSeconds=0'
const SLICES =
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices' +
  '?labelSelector=endpointslice.kubernetes.io%2Fmanaged-by%3Dendpointslice-controller.k8s.io'

/** The node of each Pod: what listens at its node port has the name of the Pod. */
const PODS_OF_WEB = {
  first: {nodeName: 'node-a', address: '127.0.0.11', podIP: '10.200.0.1'},
  second: {nodeName: 'node-b', address: '127.0.0.12', podIP: '10.200.0.2'},
}
type PodName = keyof typeof PODS_OF_WEB

/** `start` runs the controllers; what it returns ends them. */
export function endpointControllerScenarios(
  open: () => Promise<RealCluster>,
  start: () => Promise<() => Promise<void>>,
): void {
  describe('Pods, with the EndpointSlice controller of Kubernetes', () => {
    const stage = useStage(open)
    let stop: () => Promise<void> = async () => {}
    let port: number

    before(async () => {
      stop = await start()
    })
    afterEach(async () => {
      await (await open()).ask('DELETE', `${PODS}${AT_ONCE}`)
    })
    after(async () => {
      await stop()
      // No garbage collector runs.
      await (await open()).ask('DELETE', SLICES)
    })

    const shared = (...names: readonly PodName[]): Promise<void> => untilShared(port, names)
    const create = (name: PodName): Promise<unknown> => stage().cluster.ask('POST', PODS, aPod(name))
    const run = (name: PodName, ready = true): Promise<unknown> =>
      stage().cluster.ask('PATCH', `${PODS}/${name}/status`, {status: statusOf(name, ready)}, MERGE_PATCH)
    /** As `kubectl delete`: the Pod may serve until its grace period ends. */
    const terminate = (name: PodName): Promise<unknown> => stage().cluster.ask('DELETE', `${PODS}/${name}`)
    const end = (name: PodName): Promise<unknown> =>
      stage().cluster.ask('DELETE', `${PODS}/${name}${AT_ONCE}`)

    async function serve(externalTrafficPolicy: 'Cluster' | 'Local'): Promise<void> {
      const {cluster, begin, backend, ports} = stage()
      port = ports[1] as number
      const nodePort = await freePort()
      for (const [name, {nodeName, address}] of Object.entries(PODS_OF_WEB)) {
        await backend(name, address, nodePort)
        await cluster.put(aNode(nodeName, address))
      }
      await cluster.put(aPlainService('web', {port, nodePort, spec: {externalTrafficPolicy}}))
      await begin(QUICKLY)
    }

    for (const policy of ['Cluster', 'Local'] as const)
      it(`are followed when they start, fail and end, policy ${policy}`, async () => {
        const {cluster, expectNoLoss} = stage()
        await serve(policy)
        await create('first')
        await run('first')
        await shared('first')
        await untilExternalIp(cluster, 'web', '127.0.0.1')
        await create('second')
        await run('second')
        await shared('first', 'second')
        await run('second', false)
        await shared('first')
        await run('second')
        await shared('first', 'second')

        await terminate('first')
        await shared('second')
        // No Pod is ready now, so those that still serve get the traffic.
        await terminate('second')
        await shared('first', 'second')
        await end('first')
        await shared('second')
        await end('second')
        await untilAnswers(port, undefined)
        await expectNoLoss()
      })
  })
}

function aPod(name: PodName): object {
  const containers = [{name: 'web', image: 'example.com/web:1', ports: [{containerPort: 8080}]}]
  const spec = {nodeName: PODS_OF_WEB[name].nodeName, containers}
  return {apiVersion: 'v1', kind: 'Pod', metadata: {name, labels: {app: 'web'}}, spec}
}

function statusOf(name: PodName, ready: boolean): object {
  const {podIP} = PODS_OF_WEB[name]
  const conditions = [{type: 'Ready', status: ready ? 'True' : 'False'}]
  return {phase: 'Running', podIP, podIPs: [{ip: podIP}], conditions}
}
