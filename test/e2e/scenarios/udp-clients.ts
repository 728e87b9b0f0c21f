/** UDP clients that keep their port, when the Pod that answers them is replaced. */
import {freePort} from '../../support/ports.js'
import {UdpClient} from '../../support/udp-client.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {aNode, aSlice, type EndpointDetails} from '../objects.js'
import {aPlainService} from '../published.js'
import {QUICKLY, useStage} from '../stage.js'

const NODE_A = '127.0.0.11'
const NODE_B = '127.0.0.12'

export function udpClientScenarios(open: OpenCluster): void {
  describe('a UDP client with one source port', () => {
    const stage = useStage(open)
    let nodePort: number
    let client: UdpClient

    beforeEach(async () => {
      const {cluster, begin, ports, opened} = stage()
      const [, port = 0] = ports
      nodePort = await freePort()
      await cluster.put(aNode('node-a', NODE_A), aNode('node-b', NODE_B))
      await cluster.put(aPlainService('dns', {port, nodePort, protocol: 'UDP'}))
      await endpoints({node: 'node-a'})
      client = opened(await UdpClient.open({port}))
      await begin(QUICKLY)
    })

    const endpoints = (...details: EndpointDetails[]) => stage().cluster.put(aSlice('dns', details, 'UDP'))

    /** Within the time that the e2e test of Kubernetes allows. */
    const untilAnsweredBy = (name: string) =>
      waitFor(async () => (await client.ask()) === name, {
        what: `an answer of ${name}`,
        deadline: 60_000,
      })

    it('reaches the new Pod on the same node', async () => {
      const {backend, expectNoLoss} = stage()
      const old = await backend('old', NODE_A, nodePort, 'UDP')
      await untilAnsweredBy('old')
      await endpoints({node: 'node-a'}, {node: 'node-a'})
      await old.close()
      await endpoints({node: 'node-a'})
      await backend('new', NODE_A, nodePort, 'UDP')
      await untilAnsweredBy('new')
      await expectNoLoss()
    })

    it('reaches the new Pod on another node', async () => {
      const {backend, expectNoLoss} = stage()
      const old = await backend('old', NODE_A, nodePort, 'UDP')
      await untilAnsweredBy('old')
      await backend('new', NODE_B, nodePort, 'UDP')
      await endpoints({node: 'node-a'}, {node: 'node-b'})
      await old.close()
      await endpoints({node: 'node-b'})
      await untilAnsweredBy('new')
      await expectNoLoss()
    })

    it('reaches the new Pod on another node, although the old one still answers', async () => {
      const {backend, expectNoLoss} = stage()
      await backend('old', NODE_A, nodePort, 'UDP')
      await untilAnsweredBy('old')
      await backend('new', NODE_B, nodePort, 'UDP')
      await endpoints({node: 'node-b'})
      await untilAnsweredBy('new')
      await expectNoLoss()
    })
  })
}
