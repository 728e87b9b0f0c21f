/** More of everything than any real cluster has: lbex serves it within its memory limit. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {freePort} from '../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {DoubleCluster} from './double-cluster.js'
import {aNode, aService, aSlice} from './objects.js'
import {answerAt, untilAnswers, useStage} from './stage.js'

describe('end to end, with', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const stage = useStage(() => DoubleCluster.open())

  /** The most memory that lbex had at any time, MiB. */
  const peak = (): number => {
    const status = readFileSync(`/proc/${stage().host.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024
  }

  it('10,000 Services that are created at once, a few of them for lbex', async () => {
    const {cluster, host, ports, begin, backend, expectNoLoss} = stage()
    await begin()
    const {port: nodePort} = await backend('blue', '127.0.0.1')
    const listen = ports[1] as number
    for (let index = 0; index < 10_000; index += 1) {
      const {metadata, ...service} = aService(`other-${index}`, {listen: 1, nodePort: 1})
      cluster.api.put({...service, metadata: {...metadata, annotations: {}}})
      cluster.api.put(aSlice(`other-${index}`))
    }
    await cluster.put(aService('blue', {listen, nodePort}), aSlice('blue'))
    await untilAnswers(listen, 'blue', 30_000)

    // And once more, as a list of twenty pages.
    const pages = cluster.api.count('page', 'services')
    cluster.api.history.compact()
    await cluster.api.kill()
    await cluster.remove(aService('blue', {listen, nodePort}))
    cluster.api.history.compact()
    await cluster.api.start()
    await untilAnswers(listen, undefined, 30_000)
    assert.equal(cluster.api.count('page', 'services'), pages + 20)

    assert.ok(peak() < 400, `${peak()} MiB`)
    await host.until('word of both changes', () => host.reloads() === 2)
    await expectNoLoss()
  })

  it('1,000 endpoints of a Service, and an annotation of a megabyte', async () => {
    const {cluster, ports, begin, backend, expectNoLoss} = stage()
    await begin()
    const nodePort = await freePort()
    const listen = ports[1] as number
    await backend('far', '127.0.3.231', nodePort)
    const nodes = Array.from({length: 1000}, (_, index) => `many-${index}`)
    for (const [index, name] of nodes.entries())
      cluster.api.put(
        aNode(name, `127.0.${index >> 8}.${index & 255}`, {ready: index === 999 ? 'True' : 'False'}),
      )
    const annotations = {'example.com/text': 'ü'.repeat(500_000)}
    await cluster.put(
      aService('web', {listen, nodePort, annotations}),
      aSlice(
        'web',
        nodes.map((node) => ({node})),
      ),
    )
    await untilAnswers(listen, 'far')
    for (const [index, name] of nodes.entries())
      cluster.api.put(aNode(name, `127.0.${index >> 8}.${index & 255}`))
    const live = async (): Promise<boolean> =>
      (await stage().host.render([...cluster.access, '--diff', 'live'])).stderr === 'no differences\n'
    await stage().host.until('all of them to be served', live)
    assert.equal(await answerAt(listen), 'far')

    assert.ok(peak() < 300, `${peak()} MiB`)
    await expectNoLoss()
  })

  it('a Service called lbex-health, whose variables Kubernetes injects into the Pod', async () => {
    const {cluster, host, ports, begin, backend, expectNoLoss} = stage()
    const {port: nodePort} = await backend('health', '127.0.0.1')
    const listen = ports[1] as number
    await cluster.put(aService('lbex-health', {listen, nodePort}), aSlice('lbex-health'))
    const env = {
      LBEX_HEALTH_PORT: 'tcp://10.0.0.5:80',
      LBEX_HEALTH_PORT_80_TCP: 'tcp://10.0.0.5:80',
      LBEX_HEALTH_PORT_80_TCP_ADDR: '10.0.0.5',
      LBEX_HEALTH_PORT_80_TCP_PORT: '80',
      LBEX_HEALTH_PORT_80_TCP_PROTO: 'tcp',
      LBEX_HEALTH_SERVICE_HOST: '10.0.0.5',
      LBEX_HEALTH_SERVICE_PORT: '80',
      LBEX_HEALTH_SERVICE_PORT_MAIN: '80',
    }
    await begin([], {env})
    assert.equal(await answerAt(listen), 'health')
    assert.deepEqual(
      host.log().filter(({level}) => level === 'warn' || level === 'error'),
      [],
    )
    await expectNoLoss()
  })
})
