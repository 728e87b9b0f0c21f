/** NGINX is killed: it serves again within a second, and what that has cost is known. */
import assert from 'node:assert/strict'
import {send, type ProcessRef} from '../../../src/nginx/processes.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {useStage} from '../stage.js'

/** As many connections as the traffic opens in a second: whoever loses less was out for less. */
const A_SECOND = 200

export function nginxDiesScenarios(open: OpenCluster): void {
  describe('killed with -9', () => {
    const stage = useStage(open)

    beforeEach(() => stage().begin())

    const kill = (processes: readonly ProcessRef[]): void => {
      assert.ok(processes.length > 0)
      for (const each of processes) send(each, 'SIGKILL')
    }

    /** Until the NGINX that lbex has started serves and the one from before is forgotten. */
    async function untilServedAgain(): Promise<void> {
      const {host} = stage()
      const [again] = await host.untilLogged('NGINX serves again')
      assert.ok(Number(again?.['outage']) < 1000, JSON.stringify(again))
      await host.ready()
    }

    it('the master: lbex starts it again, and tells how long that took', async () => {
      const {host, traffic} = stage()
      kill(host.nginx().masters)
      await untilServedAgain()
      assert.equal(host.logged('NGINX died: it is started again').length, 1)
      const {failed, problems, sessionsAlive} = await traffic()
      assert.ok(failed < A_SECOND, JSON.stringify(problems))
      // The workers of the old master finish what they have.
      assert.equal(sessionsAlive, 20)
    })

    it('master and workers: lbex starts it again', async () => {
      const {host, traffic} = stage()
      const {masters, accepting} = host.nginx()
      kill([...masters, ...accepting])
      await untilServedAgain()
      const {failed, problems, sessionsAlive} = await traffic()
      assert.ok(failed < A_SECOND, JSON.stringify(problems))
      assert.equal(sessionsAlive, 0)
    })

    it('a worker: its master starts another, and lbex passes that on', async () => {
      const {host, traffic} = stage()
      const {masters, accepting} = host.nginx()
      kill(accepting)
      const pids = accepting.map(({pid}) => pid)
      const isReplaced = (): boolean => host.nginx().accepting.some(({pid}) => !pids.includes(pid))
      await waitFor(isReplaced, {what: 'another worker'})
      const isSaid = (): boolean =>
        host.logged('NGINX says').some(({text}) => /exited on signal 9/.test(String(text)))
      await host.until('word of it', isSaid)
      assert.deepEqual(host.nginx().masters, masters)
      assert.equal((await host.health('/readyz'))?.status, 200)
      const {failed, problems, sessionsAlive} = await traffic()
      assert.ok(failed < A_SECOND, JSON.stringify(problems))
      assert.equal(sessionsAlive, 0)
    })
  })
}
