/** Who may connect, while the ranges of a Service change. */
import assert from 'node:assert/strict'
import {freePort} from '../../support/ports.js'
import {waitFor} from '../../support/wait.js'
import type {OpenCluster} from '../cluster.js'
import {aSlice} from '../objects.js'
import {aPlainService} from '../published.js'
import {answerAt, QUICKLY, useStage} from '../stage.js'

const CLIENTS = ['127.0.0.21', '127.0.0.22', '127.0.0.23']
const [FIRST = '', SECOND = ''] = CLIENTS

/** The ranges, in order, and the clients that may connect. */
const STEPS: readonly [ranges: readonly string[] | null, allowed: readonly string[]][] = [
  [[`${FIRST}/32`], [FIRST]],
  [
    [`${FIRST}/32`, `${SECOND}/32`],
    [FIRST, SECOND],
  ],
  [['0.0.0.0/1', '128.0.0.0/1'], CLIENTS],
  [['192.0.2.1/32'], []],
  [null, CLIENTS],
]

export function sourceRangeScenarios(open: OpenCluster): void {
  describe('spec.loadBalancerSourceRanges', () => {
    const stage = useStage(open)

    for (const protocol of ['TCP', 'UDP'] as const)
      it(`admit exactly their clients after each change, ${protocol}`, async () => {
        const {cluster, ports, begin, backend, expectNoLoss} = stage()
        const [, port = 0] = ports
        const nodePort = await freePort()
        await backend('web', '127.0.0.1', nodePort, protocol)
        const service = aPlainService('web', {port, nodePort, protocol})
        const admitted = async (): Promise<string> => {
          const answers = await Promise.all(CLIENTS.map((from) => answerAt(port, {protocol, from})))
          return CLIENTS.filter((_, index) => answers[index] === 'web').join()
        }
        const untilAdmitted = (clients: readonly string[]) =>
          waitFor(async () => (await admitted()) === clients.join(), {
            what: `${clients.join() || 'no client'} to be admitted`,
            deadline: 30_000,
          })
        await begin(QUICKLY)
        await cluster.put(service, aSlice('web', undefined, protocol))
        await untilAdmitted(CLIENTS)
        for (const [loadBalancerSourceRanges, allowed] of STEPS) {
          await cluster.patch(service, {spec: {loadBalancerSourceRanges}})
          await untilAdmitted(allowed)
        }
        assert.equal(await admitted(), CLIENTS.join())
        await expectNoLoss()
      })
  })
}
