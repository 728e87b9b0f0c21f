/** Session affinity, and switching it while clients connect. */
import assert from 'node:assert/strict'
import {freePort} from '../../support/ports.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {aNode, aSlice} from '../objects.js'
import {aPlainService} from '../published.js'
import {answerAt, untilShared, QUICKLY, useStage} from '../stage.js'

const CLIENTS = Array.from({length: 20}, (_, index) => `127.0.0.${21 + index}`)
const ASKS = 4

export function affinityScenarios(open: OpenCluster): void {
  describe('spec.sessionAffinity: ClientIP', () => {
    const stage = useStage(open)

    for (const externalTrafficPolicy of ['Cluster', 'Local'] as const) {
      /** A Service on two nodes that all clients reach. */
      async function serve(sessionAffinity: 'None' | 'ClientIP'): Promise<{
        port: number
        turn: (affinity: 'None' | 'ClientIP') => Promise<void>
      }> {
        const {cluster, backend, begin, ports} = stage()
        const [, port = 0] = ports
        const nodePort = await freePort()
        await Promise.all([backend('a', '127.0.0.11', nodePort), backend('b', '127.0.0.12', nodePort)])
        const service = aPlainService('web', {port, nodePort, spec: {externalTrafficPolicy, sessionAffinity}})
        await cluster.put(aNode('node-a', '127.0.0.11'), aNode('node-b', '127.0.0.12'))
        await cluster.put(service, aSlice('web', [{node: 'node-a'}, {node: 'node-b'}]))
        await begin(QUICKLY)
        return {port, turn: (affinity) => cluster.patch(service, {spec: {sessionAffinity: affinity}})}
      }

      it(`keeps each client at one server, ${externalTrafficPolicy}`, async () => {
        const {port} = await serve('ClientIP')
        await untilSticky(port)
        await stage().expectNoLoss()
      })

      it(`can be switched on and off, ${externalTrafficPolicy}`, async () => {
        const {port, turn} = await serve('None')
        await untilShared(port, ['a', 'b'])
        await turn('ClientIP')
        await untilSticky(port)
        await turn('None')
        await untilShared(port, ['a', 'b'])
        await stage().expectNoLoss()
      })
    }
  })
}

/** Until each client gets all answers from one server, and not all clients from the same. */
async function untilSticky(port: number): Promise<void> {
  const namesFor = async (from: string): Promise<string> => {
    const names = new Set<string>()
    for (let ask = 0; ask < ASKS; ask += 1) names.add((await answerAt(port, {from})) ?? 'none')
    return [...names].sort().join()
  }
  let last: readonly string[] = []
  const isSticky = async (): Promise<boolean> => {
    last = await Promise.all(CLIENTS.map(namesFor))
    return last.every((names) => names === 'a' || names === 'b')
  }
  await waitFor(isSticky, {what: 'each client to be at one server', deadline: 30_000})
  assert.deepEqual([...new Set(last)].sort(), ['a', 'b'])
}
