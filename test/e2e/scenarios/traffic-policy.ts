/** `externalTrafficPolicy` on three nodes: which nodes get traffic, and a DaemonSet that is updated under traffic. */
import assert from 'node:assert/strict'
import type {Backend} from '../../support/backends.js'
import {freePort} from '../../support/ports.js'
import {Pump} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {aNode, aSlice, type EndpointDetails} from '../objects.js'
import {aPlainService} from '../published.js'
import {QUICKLY, untilShared, useStage} from '../stage.js'

const NODES = ['a', 'b', 'c']
const ROLLOUTS = 5
/** The e2e test of Kubernetes accepts this share of connections that succeed. */
const LEAST_SUCCESS = 0.95

export function trafficPolicyScenarios(open: OpenCluster): void {
  describe('a Service on three nodes', () => {
    const stage = useStage(open)
    let port: number
    let nodePort: number

    const addressOf = (name: string): string => `127.0.0.1${1 + NODES.indexOf(name)}`
    /** What listens at the node port of a node. */
    const listenOn = (name: string): Promise<Backend> => stage().backend(name, addressOf(name), nodePort)
    const shared = (...names: readonly string[]): Promise<void> => untilShared(port, names)
    const endpoints = (...details: readonly EndpointDetails[]): Promise<void> =>
      stage().cluster.put(aSlice('web', details))

    async function serve(externalTrafficPolicy: 'Cluster' | 'Local', spec: object = {}): Promise<void> {
      const {cluster, begin, ports} = stage()
      port = ports[1] as number
      nodePort = await freePort()
      for (const name of NODES) await cluster.put(aNode(name, addressOf(name)))
      await cluster.put(aPlainService('web', {port, nodePort, spec: {externalTrafficPolicy, ...spec}}))
      await endpoints(...NODES.map((node) => ({node})))
      await begin(QUICKLY)
    }

    it('with policy Local sends traffic only to the nodes with endpoints', async () => {
      const {host, expectNoLoss} = stage()
      await serve('Local', {healthCheckNodePort: await freePort()})
      for (const name of NODES) await listenOn(name)
      await waitFor(() => host.diagnostics().includes('health-check-port-unused Service default/web'), {
        what: 'word of the health check node port',
      })
      for (const name of NODES) {
        await endpoints({node: name})
        await shared(name)
      }
      await expectNoLoss()
    })

    it('with policy Local sends traffic to all nodes, if all have endpoints', async () => {
      await serve('Local')
      for (const name of NODES) await listenOn(name)
      await shared(...NODES)
      await stage().expectNoLoss()
    })

    for (const policy of ['Cluster', 'Local'] as const)
      it(`survives ${ROLLOUTS} rolling updates of its DaemonSet, policy ${policy}`, async () => {
        await serve(policy)
        const pods = new Map<string, Backend>()
        for (const name of NODES) pods.set(name, await listenOn(name))
        await shared(...NODES)
        const pump = new Pump({targets: [{port}], perSecond: 100, limit: 100_000})
        for (let rollout = 0; rollout < ROLLOUTS; rollout += 1)
          for (const name of NODES) await replacePod(name, policy, pods)
        await shared(...NODES)
        const {succeeded, failed, problems} = await pump.stop()
        assert.ok(succeeded >= LEAST_SUCCESS * (succeeded + failed), JSON.stringify({succeeded, problems}))
        await stage().expectNoLoss()
      })

    /** With policy Cluster, kube-proxy forwards to the Pods of other nodes, so the node port stays open. */
    async function replacePod(
      name: string,
      policy: 'Cluster' | 'Local',
      pods: Map<string, Backend>,
    ): Promise<void> {
      const others = NODES.filter((node) => node !== name)
      const running = others.map((node) => ({node}))
      await endpoints(...running, {node: name, terminating: true})
      // The grace period of the Pod: it serves until it gets no new connections.
      await shared(...others)
      if (policy === 'Local') await pods.get(name)?.close()
      await endpoints(...running)
      if (policy === 'Local') pods.set(name, await listenOn(name))
      await endpoints(...running, {node: name})
    }
  })
}
