/**
 * A Service without node ports is served by pod upstreams. A real API server accepts no endpoints at loopback addresses, so this
 * runs on the API double alone; the rest of the e2e test of Kubernetes is in scenarios/load-balancer.ts.
 */
import {freePort} from '../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {DoubleCluster} from './double-cluster.js'
import {aSlice} from './objects.js'
import {aPlainService, aPort, untilExternalIp} from './published.js'
import {QUICKLY, untilAnswers, useStage} from './stage.js'

describe('end to end, with --default-upstream-type pod', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const stage = useStage(() => DoubleCluster.open())

  it('a Service without node ports is served, and still is when it gets them', async () => {
    const {cluster, ports, start, host, backend} = stage()
    const [, port = 0, newPort = 0] = ports
    const pod = await backend('pod', '127.0.0.11')
    const service = aPlainService('web', {port, spec: {allocateLoadBalancerNodePorts: false}})
    const slice = {
      ...aSlice('web'),
      endpoints: [{addresses: ['127.0.0.11'], conditions: {ready: true}}],
      ports: [{name: 'main', protocol: 'TCP', port: pod.port}],
    }
    await cluster.put(service, slice)
    start([...QUICKLY, '--default-upstream-type', 'pod'])
    await host.ready()
    await untilExternalIp(cluster, 'web', '127.0.0.1')
    await untilAnswers(port, 'pod')
    const nodePort = await freePort()
    const changed = {allocateLoadBalancerNodePorts: true, ports: [aPort({port: newPort, nodePort})]}
    await cluster.patch(service, {spec: changed})
    await untilAnswers(newPort, 'pod')
  })
})
