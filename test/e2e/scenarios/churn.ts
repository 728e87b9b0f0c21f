/** A stream of changes: lbex batches them, and no connection is lost. */
import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {freePorts} from '../../support/ports.js'
import type {OpenCluster} from '../cluster.js'
import {aNode, aService, aSlice} from '../objects.js'
import {untilShared, useStage} from '../stage.js'

const SERVICES = 80
const CHANGES = 200
const PER_SECOND = 20

export function churnScenarios(open: OpenCluster): void {
  describe(`${CHANGES} changes, ${PER_SECOND} in a second, on ${SERVICES} Services`, () => {
    const stage = useStage(open)

    it('take at most 12 reloads, cut no connection, and are all served in the end', async () => {
      const {cluster, host, begin, backend, expectNoLoss} = stage()
      const ports = await freePorts(2 * SERVICES)
      const last = ports[1] as number
      await Promise.all([backend('a', '127.0.0.11', last), backend('b', '127.0.0.12', last)])
      await cluster.put(aNode('node-a', '127.0.0.11'), aNode('node-b', '127.0.0.12'))
      const moved = (service: number, ...nodes: string[]) =>
        cluster.put(
          aSlice(
            `s${service}`,
            nodes.map((node) => ({node})),
          ),
        )
      for (let service = 0; service < SERVICES; service += 1) {
        const [listen = 0, nodePort = 0] = ports.slice(2 * service)
        await cluster.put(aService(`s${service}`, {listen, nodePort}))
        await moved(service, 'node-a')
      }
      await begin(['--live-updates', 'off'])
      await untilShared(ports[0] as number, ['a'])

      const began = performance.now()
      for (let change = 1; change < CHANGES; change += 1) {
        await moved(change % SERVICES, change % 3 === 0 ? 'node-a' : 'node-b')
        await sleep(Math.max(0, began + (change * 1000) / PER_SECOND - performance.now()))
      }
      await moved(0, 'node-a', 'node-b')
      await untilShared(ports[0] as number, ['a', 'b'])
      await host.until('the word of the last reload', async () => {
        const {stdout, stderr} = await host.render([
          ...cluster.access,
          '--live-updates',
          'off',
          '--diff',
          'live',
        ])
        return stdout === '' && stderr === 'no differences\n'
      })
      const reloads = host.reloads()
      assert.ok(reloads >= 2 && reloads <= 12, `${reloads} reloads`)
      await expectNoLoss()
    })
  })
}
