/**
 * The life of a Service of type LoadBalancer, by the descriptions of the e2e tests of Kubernetes
 * (https://github.com/kubernetes/kubernetes/blob/master/test/e2e/network/loadbalancer.go).
 */
import assert from 'node:assert/strict'
import {freePort} from '../../support/ports.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {aSlice} from '../objects.js'
import {
  aPlainService,
  aPort,
  externalIp,
  finalizersOf,
  ingressOf,
  OF_LBEX,
  untilExternalIp,
} from '../published.js'
import {answerAt, untilAnswers, QUICKLY, useStage} from '../stage.js'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'

/** What a change from LoadBalancer to ClusterIP removes. */
const CLUSTER_IP = {
  type: 'ClusterIP',
  loadBalancerClass: null,
  externalTrafficPolicy: null,
  allocateLoadBalancerNodePorts: null,
}

export function loadBalancerScenarios(open: OpenCluster): void {
  describe('a Service of type LoadBalancer without annotations', () => {
    const stage = useStage(open)

    for (const protocol of ['TCP', 'UDP'] as const)
      it(`changes its type and its ports, ${protocol}`, async () => {
        const {cluster, ports, begin, backend, expectNoLoss} = stage()
        const [, port = 0, newPort = 0] = ports
        const [nodePort, newNodePort] = [await freePort(), await freePort()]
        await backend('first', '127.0.0.1', nodePort, protocol)
        await backend('second', '127.0.0.1', newNodePort, protocol)
        const service = aPlainService('mutable', {type: 'ClusterIP', port, protocol})
        const change = (spec: object) => cluster.patch(service, {spec})
        const answers = (at: number, name?: string) => untilAnswers(at, name, 30_000, {protocol})
        await begin(QUICKLY)
        await cluster.put(service, aSlice('mutable', undefined, protocol))
        await change({type: 'NodePort', ports: [aPort({port, nodePort, protocol})]})
        assert.deepEqual(await ingressOf(cluster, 'mutable'), [])

        await change({type: 'LoadBalancer', ...OF_LBEX})
        await untilExternalIp(cluster, 'mutable', '127.0.0.1')
        await answers(port, 'first')

        await change({ports: [aPort({port, nodePort: newNodePort, protocol})]})
        await answers(port, 'second')
        assert.equal(await externalIp(cluster, 'mutable'), '127.0.0.1')
        await change({ports: [aPort({port: newPort, nodePort: newNodePort, protocol})]})
        await answers(newPort, 'second')
        await answers(port)
        assert.equal(await externalIp(cluster, 'mutable'), '127.0.0.1')

        await cluster.put(aSlice('mutable', [], protocol))
        await answers(newPort)
        assert.equal(await externalIp(cluster, 'mutable'), '127.0.0.1')
        await cluster.put(aSlice('mutable', undefined, protocol))
        await answers(newPort, 'second')

        await change({...CLUSTER_IP, ports: [aPort({port: newPort, protocol})]})
        await answers(newPort)
        await untilExternalIp(cluster, 'mutable', '<pending>')
        await expectNoLoss()
      })

    it('has the cleanup finalizer while it is published, with --finalizer', async () => {
      const {cluster, ports, begin, backend} = stage()
      const [, port = 0] = ports
      const nodePort = await freePort()
      await backend('web', '127.0.0.1', nodePort)
      const service = aPlainService('web', {port, nodePort})
      const untilFinalizers = (wanted?: readonly string[]) =>
        waitFor(async () => String(await finalizersOf(cluster, 'web')) === String(wanted), {
          what: `the finalizers ${String(wanted)}`,
          deadline: 30_000,
        })
      await begin([...QUICKLY, '--finalizer'])
      await cluster.put(service, aSlice('web'))
      await untilFinalizers([FINALIZER])
      await untilExternalIp(cluster, 'web', '127.0.0.1')

      await cluster.patch(service, {spec: {...CLUSTER_IP, ports: [aPort({port})]}})
      await untilFinalizers([])
      await untilExternalIp(cluster, 'web', '<pending>')
      const withNodePort = [aPort({port, nodePort})]
      await cluster.patch(service, {spec: {type: 'LoadBalancer', ...OF_LBEX, ports: withNodePort}})
      await untilFinalizers([FINALIZER])
      await untilAnswers(port, 'web')

      await cluster.remove(service)
      await untilFinalizers(undefined)
      await untilAnswers(port, undefined)
    })

    it('without node ports is reported, and served as soon as it has them', async () => {
      const {cluster, host, ports, begin, backend, expectNoLoss} = stage()
      const [, port = 0, newPort = 0] = ports
      const nodePort = await freePort()
      await backend('web', '127.0.0.1', nodePort)
      const without = {allocateLoadBalancerNodePorts: false}
      const service = aPlainService('web', {port, spec: without})
      await begin(QUICKLY)
      await cluster.put(service, aSlice('web'))
      const isReported = (): boolean => host.diagnostics().includes('node-port-missing Service default/web')
      await waitFor(isReported, {what: 'the diagnostic'})
      await untilExternalIp(cluster, 'web', '127.0.0.1')
      assert.equal(
        (await ingressOf(cluster, 'web'))[0]?.ports?.[0]?.error,
        'loadbalancer.lbex/NodePortMissing',
      )
      assert.equal(await answerAt(port), undefined)

      await cluster.patch(service, {
        spec: {allocateLoadBalancerNodePorts: true, ports: [aPort({port, nodePort})]},
      })
      await untilAnswers(port, 'web')
      await waitFor(() => !isReported(), {what: 'the end of the diagnostic'})
      // The API server keeps node ports that it has allocated.
      await cluster.patch(service, {spec: {...without, ports: [aPort({port: newPort, nodePort})]}})
      await untilAnswers(newPort, 'web')
      await expectNoLoss()
    })
  })
}
