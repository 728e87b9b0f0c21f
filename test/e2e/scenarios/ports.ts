/** Listeners that two want: of two Services one wins, and another program on the host costs its Service alone. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {waitFor} from '../../support/wait.js'
import {freePort} from '../../support/ports.js'
import type {OpenCluster} from '../cluster.js'
import {aService, aSlice} from '../objects.js'
import {answerAt, untilAnswers, useStage} from '../stage.js'

export function portScenarios(open: OpenCluster): void {
  describe('a port', () => {
    const stage = useStage(open)

    /** A Service with a backend of its own name on the one node. */
    async function serve(name: string, listen: number): Promise<void> {
      const {cluster, backend} = stage()
      const nodePort = await freePort()
      await backend(name, '127.0.0.1', nodePort)
      await cluster.put(aService(name, {listen, nodePort}), aSlice(name))
    }

    it('that two Services request goes to the older one, and to the other one when that is deleted', async () => {
      const {cluster, host, ports, begin, expectNoLoss} = stage()
      const wanted = ports[1] as number
      // A real server tells times in seconds: within one, names decide.
      await serve('a-winner', wanted)
      await serve('b-loser', wanted)
      await begin()
      assert.equal(await answerAt(wanted), 'a-winner')
      await host.untilLogged('diagnostic appeared')
      assert.deepEqual(host.diagnostics(), ['port-conflict Service default/b-loser'])
      assert.match(String(host.logged('diagnostic appeared')[0]?.['problem']), /a-winner/)

      await cluster.remove(aService('a-winner', {listen: wanted, nodePort: 1}))
      await untilAnswers(wanted, 'b-loser')
      await host.untilLogged('diagnostic cleared')
      assert.deepEqual(host.diagnostics(), [])
      await expectNoLoss()
    })

    it('in use by another program affects only its Service, which is served soon after the port is free', async () => {
      const {host, ports, begin, expectNoLoss} = stage()
      const [, wanted = 0, other = 0] = ports
      await begin()
      const holder = createServer().listen(wanted, '127.0.0.1')
      await once(holder, 'listening')
      await serve('held', wanted)
      await waitFor(() => host.diagnostics().length > 0, {what: 'the finding'})
      await serve('other', other)
      await untilAnswers(other, 'other')
      // Where its endpoints come after the Service, it has a finding of its own until they are served.
      const isAlone = (): boolean => host.diagnostics().join() === 'port-held Service default/held'
      await waitFor(isAlone, {what: 'that finding, and no other'})
      const [finding] = host.logged('diagnostic appeared')
      assert.match(String(finding?.['problem']), new RegExp(`127.0.0.1:${wanted}/TCP`))
      assert.match(String(finding?.['hint']), new RegExp(`ss -Hnlpt 'sport = :${wanted}'`))

      holder.close()
      await untilAnswers(wanted, 'held')
      await waitFor(() => host.diagnostics().length === 0, {what: 'the end of the finding'})
      await expectNoLoss()
    })
  })
}
