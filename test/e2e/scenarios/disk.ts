/** The disk that generations are staged on is full for a while. */
import assert from 'node:assert/strict'
import type {OpenCluster} from '../cluster.js'
import {aService, aSlice} from '../objects.js'
import {answerAt, untilAnswers, useStage} from '../stage.js'

export function diskScenarios(open: OpenCluster): void {
  describe('a disk that is full', () => {
    const stage = useStage(open)

    it('does not affect the last good configuration, is reported, and lbex recovers', async () => {
      const {cluster, host, ports, begin, backend, expectNoLoss} = stage()
      const disk = await host.useSmallDisk()
      await begin()
      await disk.fill()
      const {port: nodePort} = await backend('blue', '127.0.0.1')
      const listen = ports[1] as number
      await cluster.put(aService('blue', {listen, nodePort}), aSlice('blue'))

      const [trouble] = await host.untilLogged('reconcile failed, retrying')
      assert.equal(trouble?.['code'], 'directory-unusable')
      assert.match(String(trouble?.['error']), /^the folder of NGINX cannot be written: (ENOSPC|EACCES)/)
      const {status, text} = (await host.health('/readyz')) ?? {}
      assert.equal(status, 503)
      assert.match(text ?? '', /^\[-\]apply failed: the folder of NGINX cannot be written/m)
      assert.equal((await host.health('/'))?.status, 200)
      assert.equal(await answerAt(listen), undefined)

      await disk.free()
      await untilAnswers(listen, 'blue')
      await host.ready()
      await expectNoLoss()
    })
  })
}
