/** Publishing while the API server fails and hosts stop: lbex keeps serving, and the published state becomes correct. */
import assert from 'node:assert/strict'
import type {Fault} from '../support/api-double/faults.js'
import {busy, internalError, refusal} from '../support/api-double/status.js'
import {freePort} from '../support/ports.js'
import {INTEGRATION_TIMEOUT, scaled} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'
import {DoubleCluster} from './double-cluster.js'
import {Host} from './host.js'
import {aSlice} from './objects.js'
import {aLoadBalancer, ingressOf, untilExternalIp} from './published.js'
import {useStage} from './stage.js'

describe('publishing, when', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const stage = useStage(() => DoubleCluster.open())

  async function serve(name: string, listen: number): Promise<void> {
    const {cluster, backend} = stage()
    const nodePort = await freePort()
    await backend(name, '127.0.0.1', nodePort)
    await cluster.put(aLoadBalancer(name, {listen, nodePort}), aSlice(name))
  }

  const writes = () => stage().cluster.api.requests.filter(({plural}) => plural === 'services/status')

  it('the API server rejects, is busy, is slow and forbids writes: the status is written in the end, and traffic continues', async () => {
    const {cluster, ports, host, begin, expectNoLoss} = stage()
    await begin()
    const refusals = [
      refusal(409, 'Conflict', 'the object has been modified'),
      busy(1),
      internalError,
      refusal(409, 'Conflict', 'the object has been modified'),
    ]
    cluster.api.fault = ({plural, verb}): Fault | undefined => {
      if (verb !== 'patch' || plural !== 'services/status') return undefined
      const next = refusals.shift()
      return next ? {kind: 'refuse', with: next} : {kind: 'slow', piece: 100}
    }
    await serve('web', ports[1] as number)
    await untilExternalIp(cluster, 'web', '127.0.0.1', 60_000)
    assert.equal(writes().length, 5)
    assert.equal(refusals.length, 0)
    assert.ok(host.logged('configuration applied').length <= 3)
    await expectNoLoss()
  })

  it('a permission is missing: the rule is logged once, and the Service is served', async () => {
    const {cluster, ports, host, begin, expectNoLoss} = stage()
    await begin()
    await host.untilLogged('publishing status and Events')
    cluster.api.forbidden.add('patch services/status')
    await serve('web', ports[1] as number)
    await serve('api', ports[2] as number)
    const [warning] = await host.untilLogged('write to the API server failed, retrying later')
    assert.match(String(warning?.['hint']), /services\/status/)
    await waitFor(() => writes().length > 0, {what: 'the attempt'})
    assert.equal(host.logged('write to the API server failed, retrying later').length, 1)
    await expectNoLoss()
  })

  it('the leader is killed: another host takes over within 20 s, and the status does not flap', async () => {
    const {cluster, ports, begin} = stage()
    const listen = ports[1] as number
    await begin()
    await serve('web', listen)
    const other = await Host.open()
    try {
      await untilExternalIp(cluster, 'web', '127.0.0.1')
      other.start([...cluster.access, '--listen-address', '127.0.0.2'])
      await other.ready()
      await untilExternalIp(cluster, 'web', '127.0.0.1,127.0.0.2')
      const before = writes().length
      await stage().host.end('SIGKILL')
      const killedAt = performance.now()
      await untilExternalIp(cluster, 'web', '127.0.0.2', scaled(60_000))
      const seconds = (performance.now() - killedAt) / 1000
      // The Lease of the killed host expires after 20 s; the next list notices that.
      assert.ok(seconds < scaled(32), `${seconds} s`)
      assert.equal(writes().length - before, 1)
      assert.equal((await ingressOf(cluster, 'web')).length, 1)
    } finally {
      await other.close()
    }
  })
})
