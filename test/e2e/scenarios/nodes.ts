/** Nodes and endpoints as they come, go and change: each change is served at once, and no other connection is lost. */
import assert from 'node:assert/strict'
import {freePort} from '../../support/ports.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {aNode, aService, aSlice, type NodeDetails} from '../objects.js'
import {untilAnswers, untilShared, useStage} from '../stage.js'

const EXCLUDED = {'node.kubernetes.io/exclude-from-external-load-balancers': ''}

export function nodeScenarios(open: OpenCluster): void {
  describe('a Service on two nodes', () => {
    const stage = useStage(open)
    let nodePort: number

    /** A backend on each of the nodes, and lbex serving both. */
    beforeEach(async () => {
      const {cluster, backend, begin, ports} = stage()
      nodePort = await freePort()
      await Promise.all([backend('a', '127.0.0.11', nodePort), backend('b', '127.0.0.12', nodePort)])
      await cluster.put(aNode('node-a', '127.0.0.11'), aNode('node-b', '127.0.0.12'))
      await cluster.put(
        aService('web', {listen: ports[1] as number, nodePort}),
        aSlice('web', [{node: 'node-a'}, {node: 'node-b'}]),
      )
      // Nothing of this may need the interval between reloads.
      await begin(['--reload-interval', '0s'])
      await shared('a', 'b')
    })

    const survives = (what: string, body: () => Promise<void>): Mocha.Test =>
      it(what, async () => {
        await body()
        await stage().expectNoLoss()
      })

    const shared = (...names: string[]): Promise<void> => untilShared(stage().ports[1] as number, names)

    const change = (details: NodeDetails, address = '127.0.0.12'): Promise<void> =>
      stage().cluster.put(aNode('node-b', address, details))

    const diagnosed = (finding: string): Promise<boolean> =>
      waitFor(() => stage().host.diagnostics().includes(finding), {what: finding})

    survives('follows a node that is NotReady, lost, excluded by a label, and well again', async () => {
      for (const details of [{ready: 'False'}, {ready: 'Unknown'}, {labels: EXCLUDED}] as const) {
        await change(details)
        await shared('a')
        await change({})
        await shared('a', 'b')
      }
    })

    survives('keeps a node that is cordoned, and when it is no longer', async () => {
      const {host} = stage()
      const before = host.reloads()
      await change({cordoned: true})
      await change({})
      // A later change is served, so both were observed, and changed nothing.
      await change({labels: EXCLUDED})
      await shared('a')
      await host.until('word of the reload', () => host.reloads() > before)
      assert.equal(host.reloads(), before + 1)
    })

    survives('follows a node to another address', async () => {
      await stage().backend('c', '127.0.0.13', nodePort)
      await change({}, '127.0.0.13')
      await shared('a', 'c')
    })

    survives('leaves out a node without an address of the kind, and says so', async () => {
      await change({addressType: 'Hostname'}, 'node-b')
      await shared('a')
      await diagnosed('node-address-missing Service default/web')
    })

    survives('leaves out an endpoint that does not say where it runs, and says so', async () => {
      const {cluster} = stage()
      await cluster.put(aSlice('web', [{node: 'node-a'}, {}]))
      await shared('a')
      await diagnosed('endpoint-without-node Service default/web')
      await cluster.put(aSlice('web', [{node: 'node-a'}, {node: 'node-b'}]))
      await shared('a', 'b')
    })

    survives('closes its port when it has no endpoints left, and opens it again', async () => {
      const {cluster, ports} = stage()
      await cluster.put(aSlice('web', []))
      await untilAnswers(ports[1] as number, undefined)
      await diagnosed('no-backend Service default/web')
      await cluster.put(aSlice('web', [{node: 'node-b'}]))
      await shared('b')
    })

    survives('loses its port with its annotation, and when it is deleted', async () => {
      const {cluster, ports} = stage()
      const service = aService('web', {listen: ports[1] as number, nodePort})
      await cluster.put({...service, metadata: {...service.metadata, annotations: {}}})
      await untilAnswers(ports[1] as number, undefined)
      await cluster.put(service)
      await shared('a', 'b')
      await cluster.remove(service)
      await untilAnswers(ports[1] as number, undefined)
    })
  })

  describe('the control plane loses its connection to all nodes', () => {
    const stage = useStage(open)

    it('and everything is still served, with a warning', async () => {
      const {cluster, begin, host, expectNoLoss, port} = stage()
      await begin()
      await cluster.put(aNode('node-1', '127.0.0.1', {ready: 'Unknown'}))
      await cluster.put(aSlice('stable', [{node: 'node-1', ready: false}]))
      const isSaid = (): boolean => host.diagnostics().some((finding) => finding.startsWith('nodes-lost '))
      await waitFor(isSaid, {what: 'word of it'})
      await untilAnswers(port, 'backend')
      // Not the other way round: an endpoint that is not ready on a node that is would be none.
      await cluster.put(aSlice('stable'), aNode('node-1', '127.0.0.1'))
      await waitFor(() => !isSaid(), {what: 'word of the end of it'})
      await expectNoLoss()
    })
  })
}
