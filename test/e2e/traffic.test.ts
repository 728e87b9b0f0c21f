/** The built program reports the traffic of its NGINX: over changes without a reload, and when lbex is killed. */
import assert from 'node:assert/strict'
import type {DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'
import {parseExposition, valueOf} from '../support/exposition.js'
import {nginxOf} from '../support/nginx-binary.js'
import {skipBecause} from '../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {DoubleCluster} from './double-cluster.js'
import {Host} from './host.js'
import {aNode, aService, aSlice} from './objects.js'
import {untilAnswers, useStage} from './stage.js'

describe('traffic, end to end', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let nginx: DiscoveredNginx

  before(async function () {
    const found = await nginxOf('sid')
    if ('reason' in found) return skipBecause(this, found.reason)
    nginx = found
  })

  const stage = useStage(
    () => DoubleCluster.open(),
    () => Host.open(nginx),
  )

  it('is counted and logged, also by the next lbex', async () => {
    const {cluster, host, ports, begin, start, backend, expectNoLoss} = stage()
    const [, listen = 0, nodePort = 0, trafficPort = 0] = ports
    const flags = [
      '--traffic-metrics',
      '--access-log=json',
      `--traffic-port=${trafficPort}`,
      '--live-updates=on',
    ]
    await Promise.all([backend('a', '127.0.0.11', nodePort), backend('b', '127.0.0.12', nodePort)])
    await cluster.put(aNode('node-a', '127.0.0.11'), aNode('node-b', '127.0.0.12'))
    await cluster.put(aService('web', {listen, nodePort}), aSlice('web', [{node: 'node-a'}]))
    const counted = async (): Promise<number> => {
      const families = parseExposition((await host.health('/metrics'))?.text ?? '\n')
      assert.equal(valueOf(families, 'lbex_access_log_lines_total', {result: 'invalid'}), 0)
      const web = {namespace: 'default', service: 'web', port: `${listen}`, protocol: 'TCP'}
      return valueOf(families, 'lbex_connections_total', web) ?? 0
    }
    const isCounted = (count: number) =>
      waitFor(async () => (await counted().catch(() => 0)) >= count, {
        what: `${count} connections in the metrics`,
        deadline: 30_000,
      })

    await begin(flags)
    await untilAnswers(listen, 'a')
    await cluster.put(aSlice('web', [{node: 'node-b'}]))
    await untilAnswers(listen, 'b')
    await Promise.all(Array.from({length: 20}, () => askTcp({port: listen})))
    await isCounted(22)
    const logged = host.log().filter(({service, ended}) => service === 'web' && ended === 'closed')
    assert.ok(logged.some(({server}) => server === `127.0.0.11:${nodePort}`))
    assert.ok(logged.some(({server}) => server === `127.0.0.12:${nodePort}`))

    await host.end('SIGKILL')
    await Promise.all(Array.from({length: 5}, () => askTcp({port: listen})))
    start(flags)
    await host.ready()
    const before = await counted()
    await Promise.all(Array.from({length: 20}, () => askTcp({port: listen})))
    await isCounted(before + 20)
    assert.equal(await counted(), before + 20)
    await expectNoLoss()
  })
})
