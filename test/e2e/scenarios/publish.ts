/** What lbex writes to the API: the status of Services, and Events. */
import assert from 'node:assert/strict'
import {freePort} from '../../support/ports.js'
import type {OpenCluster} from '../cluster.js'
import {aSlice} from '../objects.js'
import {
  aLoadBalancer,
  eventsOf,
  externalIp,
  ingressOf,
  leasesOf,
  untilEvent,
  untilExternalIp,
} from '../published.js'
import {answerAt, untilAnswers, useStage} from '../stage.js'

export function publishScenarios(open: OpenCluster): void {
  describe('a Service of type LoadBalancer', () => {
    const stage = useStage(open)

    async function serve(
      name: string,
      listen: number,
      annotations: Readonly<Record<string, string>> = {},
    ): Promise<ReturnType<typeof aLoadBalancer>> {
      const {cluster, backend} = stage()
      const nodePort = await freePort()
      await backend(name, '127.0.0.1', nodePort)
      const service = aLoadBalancer(name, {listen, nodePort, annotations})
      await cluster.put(service, aSlice(name))
      return service
    }

    it('gets its address when it is served, without a reload', async () => {
      const {cluster, host, ports, begin, expectNoLoss} = stage()
      const listen = ports[1] as number
      await begin()
      await serve('web', listen)
      await untilExternalIp(cluster, 'web', '127.0.0.1')
      assert.equal(await answerAt(listen), 'web')
      const ingress = await ingressOf(cluster, 'web')
      assert.deepEqual(ingress, [{ip: '127.0.0.1', ipMode: 'Proxy', ports: [{port: 80, protocol: 'TCP'}]}])
      await untilEvent(cluster, 'web', 'Normal EnsuredLoadBalancer')
      const [reloads, unchanged] = [host.reloads(), host.logged('nothing to change').length]
      await serve('api', ports[2] as number)
      await untilExternalIp(cluster, 'api', '127.0.0.1')
      await untilEvent(cluster, 'api', 'Normal EnsuredLoadBalancer')
      // The Service and its endpoints may come in two changes, of which the first serves nothing.
      assert.ok(host.reloads() - reloads <= 2, `${host.reloads() - reloads} reloads`)
      assert.ok(host.logged('nothing to change').length - unchanged <= 1)
      await expectNoLoss()
    })

    it('whose port belongs to another Service gets a port error and an Event', async () => {
      const {cluster, ports, begin} = stage()
      const [, taken = 0, own = 0] = ports
      await serve('a-winner', taken)
      const service = await serve('b-loser', taken)
      const {annotations = {}, ...metadata} = service.metadata as {annotations?: object; name: string}
      const spec = service['spec'] as {ports: object[]}
      await cluster.put({
        ...service,
        metadata: {...metadata, annotations: {...annotations, 'loadbalancer-port.lbex/other': `${own}`}},
        spec: {
          ...spec,
          ports: [...spec.ports, {name: 'other', protocol: 'TCP', port: 81, nodePort: await freePort()}],
        },
      })
      await begin()
      await untilEvent(cluster, 'b-loser', 'Warning PortConflict')
      await untilExternalIp(cluster, 'b-loser', '127.0.0.1')
      const [{ports: found = []} = {}] = await ingressOf(cluster, 'b-loser')
      assert.deepEqual(found[0], {port: 80, protocol: 'TCP', error: 'loadbalancer.lbex/PortConflict'})
    })

    it('that selects an address gets this address, and another one may use the port on another address', async () => {
      const {cluster, ports, begin, expectNoLoss} = stage()
      const listen = ports[1] as number
      await begin(['--listen-address', 'inside=127.0.0.1', '--listen-address', 'public=127.0.0.2'])
      const key = 'loadbalancer.lbex/listen-address'
      await serve('web', listen, {[key]: 'public'})
      await serve('api', listen, {[key]: '127.0.0.1'})
      await untilExternalIp(cluster, 'web', '127.0.0.2')
      await untilExternalIp(cluster, 'api', '127.0.0.1')
      const addresses = ['127.0.0.2', '127.0.0.1']
      const answers = await Promise.all(addresses.map((address) => answerAt(listen, {address})))
      assert.deepEqual(answers, ['web', 'api'])
      await serve('lost', ports[2] as number, {[key]: 'publik'})
      await untilEvent(cluster, 'lost', 'Warning ListenAddressUnknown')
      assert.equal(await externalIp(cluster, 'lost'), '<pending>')
      await expectNoLoss()
    })

    it('that changes its type loses its address, and an Event reports it', async () => {
      const {cluster, ports, begin, expectNoLoss} = stage()
      const listen = ports[1] as number
      await begin()
      const service = await serve('web', listen)
      await untilExternalIp(cluster, 'web', '127.0.0.1')
      const {loadBalancerClass: _, ...spec} = service['spec'] as Record<string, unknown>
      const {annotations: __, ...metadata} = service.metadata as {annotations?: object; name: string}
      await cluster.put({...service, metadata, spec: {...spec, type: 'NodePort'}})
      await untilAnswers(listen, undefined)
      await untilExternalIp(cluster, 'web', '<pending>')
      await expectNoLoss()
    })

    it('is not changed with --publish off', async () => {
      const {cluster, ports, host, begin} = stage()
      const listen = ports[1] as number
      await serve('web', listen)
      await begin(['--publish', 'off', '--on-stop', 'leave'])
      assert.equal(await answerAt(listen), 'web')
      await host.end('SIGTERM')
      assert.equal(await externalIp(cluster, 'web'), '<pending>')
      assert.deepEqual([await eventsOf(cluster, 'web'), await leasesOf(cluster)], [[], []])
    })
  })
}
