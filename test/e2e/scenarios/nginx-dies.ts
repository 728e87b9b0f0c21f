/** NGINX is killed: it serves again within a second (longer where the machine is busy), and what that has cost is known. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {send, type ProcessRef} from '../../../src/dataplane/nginx/process/processes.js'
import {testNginx} from '../../support/nginx-binary.js'
import {scaled} from '../../support/timeouts.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {useStage} from '../stage.js'

/** Connections that the traffic opens per second: fewer failures mean a shorter outage. */
const PER_SECOND = 200

/**
 * Seconds that the outage may take: one on a quiet machine of usual speed, more on a slow one, or if the machine is so busy now that
 * NGINX alone needs more than 30 ms to tell its version.
 */
async function limit(): Promise<number> {
  const {binary} = await testNginx()
  const begun = performance.now()
  await promisify(execFile)(binary, ['-v'])
  return Math.max(scaled(1000), 30 * (performance.now() - begun)) / 1000
}

export function nginxDiesScenarios(open: OpenCluster): void {
  describe('killed with -9', () => {
    const stage = useStage(open)

    beforeEach(() => stage().begin())

    const kill = (processes: readonly ProcessRef[]): void => {
      assert.ok(processes.length > 0)
      for (const each of processes) send(each, 'SIGKILL')
    }

    /** Until the NGINX that lbex has started serves and the one from before is forgotten; returns the seconds that it may take. */
    async function untilServedAgain(): Promise<number> {
      const {host} = stage()
      const [[again], seconds] = await Promise.all([host.untilLogged('NGINX serves again'), limit()])
      assert.ok(Number(again?.['outage']) < seconds * 1000, `${JSON.stringify(again)}, ${seconds} s`)
      await host.ready()
      return seconds
    }

    /** Ends the traffic: returns how many of the sessions are alive. */
    async function expectLittleLoss(seconds: number): Promise<number> {
      const {failed, problems, sessionsAlive} = await stage().traffic()
      assert.ok(failed < PER_SECOND * seconds, `${JSON.stringify(problems)}, ${seconds} s`)
      return sessionsAlive
    }

    it('the master: lbex restarts it, and logs the length of the outage', async () => {
      const {host} = stage()
      kill(host.nginx().masters)
      const seconds = await untilServedAgain()
      assert.equal(host.logged('NGINX exited unexpectedly, restarting').length, 1)
      // The workers of the old master finish what they have.
      assert.equal(await expectLittleLoss(seconds), 20)
    })

    it('master and workers: lbex restarts NGINX', async () => {
      const {masters, accepting} = stage().host.nginx()
      kill([...masters, ...accepting])
      assert.equal(await expectLittleLoss(await untilServedAgain()), 0)
    })

    it('a worker: its master starts another one, and lbex logs that', async () => {
      const {host} = stage()
      const {masters, accepting} = host.nginx()
      kill(accepting)
      const seconds = await limit()
      const pids = accepting.map(({pid}) => pid)
      const isReplaced = (): boolean => host.nginx().accepting.some(({pid}) => !pids.includes(pid))
      await waitFor(isReplaced, {what: 'another worker'})
      const isSaid = (): boolean =>
        host.logged('NGINX logged').some(({text}) => /exited on signal 9/.test(String(text)))
      await host.until('word of it', isSaid)
      assert.deepEqual(host.nginx().masters, masters)
      assert.equal((await host.health('/readyz'))?.status, 200)
      assert.equal(await expectLittleLoss(seconds), 0)
    })
  })
}
