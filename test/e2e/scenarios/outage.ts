/** The API server is away for a while. */
import assert from 'node:assert/strict'
import type {OpenCluster} from '../cluster.js'
import {aService, aSlice} from '../objects.js'
import {untilAnswers, useStage} from '../stage.js'

export function outageScenarios(open: OpenCluster): void {
  describe('an API server that is killed, and comes back without the history of changes', () => {
    const stage = useStage(open)

    it('does not interrupt traffic, and lbex catches up', async () => {
      const {cluster, host, ports, begin, backend, expectNoLoss} = stage()
      await begin(['--stale-after', '2s'])
      const {port: nodePort} = await backend('blue', '127.0.0.1')
      const listen = ports[1] as number
      const startAgain = await cluster.killServer()
      const readiness = async (): Promise<string> => {
        const {status, text = ''} = (await host.health('/readyz?verbose')) ?? {}
        assert.equal(status, 200)
        return text
      }
      await host.until('word of it', async () =>
        /stale: no updates of Service, Endp.*Node/.test(await readiness()),
      )

      await startAgain()
      await cluster.put(aService('blue', {listen, nodePort}), aSlice('blue'))
      await untilAnswers(listen, 'blue', 60_000)
      await expectNoLoss()
    })
  })
}
