/** The built program on an NGINX that changes servers without a reload. */
import assert from 'node:assert/strict'
import {NGINX_SUITES, nginxOf} from '../support/nginx-binary.js'
import {skipBecause} from '../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import type {DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'
import {DoubleCluster} from './double-cluster.js'
import {Host} from './host.js'
import {aNode, aService, aSlice} from './objects.js'
import {untilAnswers, untilShared, useStage} from './stage.js'

const LIVE = ['--live-updates', 'on']

for (const suite of NGINX_SUITES) {
  describe(`end to end, on the NGINX of ${suite}`, function () {
    this.timeout(INTEGRATION_TIMEOUT)
    let nginx: DiscoveredNginx

    before(async function () {
      const found = await nginxOf(suite)
      if ('reason' in found) return skipBecause(this, found.reason)
      nginx = found
    })

    const stage = useStage(
      () => DoubleCluster.open(),
      () => Host.open(nginx),
    )

    it('changes of endpoints take no reload, lose no connection, and are written when it is quiet', async () => {
      const {cluster, host, ports, begin, backend, expectNoLoss} = stage()
      const [, listen = 0, nodePort = 0] = ports
      await Promise.all([backend('a', '127.0.0.11', nodePort), backend('b', '127.0.0.12', nodePort)])
      await cluster.put(aNode('node-a', '127.0.0.11'), aNode('node-b', '127.0.0.12'))
      await cluster.put(aService('web', {listen, nodePort}), aSlice('web', [{node: 'node-a'}]))
      await begin([...LIVE, '--consolidate-after', '2s'])
      await untilAnswers(listen, 'a')

      for (let round = 0; round < 10; round += 1) {
        const node = round % 2 === 0 ? 'b' : 'a'
        await cluster.put(aSlice('web', [{node: `node-${node}`}]))
        await untilAnswers(listen, node)
      }
      await cluster.put(aSlice('web', []))
      await untilAnswers(listen, undefined)
      await cluster.put(aSlice('web', [{node: 'node-a'}, {node: 'node-b'}]))
      await untilShared(listen, ['a', 'b'])
      const reloads = host.logged('NGINX reload finished').map(({reason}) => reason)
      assert.ok(
        reloads.every((reason) => reason === 'consolidate'),
        `${reloads.join()} on a slow machine only`,
      )
      await host.until('the servers to be written into the configuration', async () => {
        const {stdout, stderr} = await host.render([...cluster.access, ...LIVE, '--diff', 'live'])
        return stdout === '' && stderr === 'no differences\n'
      })
      await untilShared(listen, ['a', 'b'])
      assert.ok(host.logged('change of servers without a reload finished').length > 0)
      assert.match((await host.health('/readyz?verbose'))?.text ?? '', /^\[\+\]live-updates ok$/m)
      const {stderr} = await host.render([...cluster.access, ...LIVE])
      assert.match(stderr, /^servers can change without a reload of NGINX: default\/stable, default\/web$/m)
      await expectNoLoss()
    })

    it('lbex that is killed after a change leaves it to the next one, also to one that runs once', async () => {
      const {cluster, host, ports, begin, start, backend, expectNoLoss} = stage()
      const [, listen = 0, nodePort = 0] = ports
      await Promise.all([backend('a', '127.0.0.11', nodePort), backend('b', '127.0.0.12', nodePort)])
      await cluster.put(aNode('node-a', '127.0.0.11'), aNode('node-b', '127.0.0.12'))
      await cluster.put(aService('web', {listen, nodePort}), aSlice('web', [{node: 'node-a'}]))
      await begin(LIVE)
      await untilAnswers(listen, 'a')
      await cluster.put(aSlice('web', [{node: 'node-b'}]))
      await untilAnswers(listen, 'b')
      await host.end('SIGKILL')
      await untilAnswers(listen, 'b')
      // No lbex would write its changes into the configuration later, so it does that itself.
      assert.equal((await host.run([...cluster.access, ...LIVE, '--once'])).exitCode, 0)
      const difference = await host.render([...cluster.access, ...LIVE, '--diff', 'live'])
      assert.deepEqual([difference.stdout, difference.stderr], ['', 'no differences\n'])
      await untilAnswers(listen, 'b')
      start(LIVE)
      await host.ready()
      await untilAnswers(listen, 'b')
      await cluster.put(aSlice('web', [{node: 'node-a'}]))
      await untilAnswers(listen, 'a')
      await expectNoLoss()
    })
  })
}
