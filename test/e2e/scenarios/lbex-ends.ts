/** lbex stops in every possible way and restarts, and no connection is lost. */
import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {layoutOf} from '../../../src/dataplane/nginx/store/layout.js'
import {Session} from '../../support/traffic.js'
import type {OpenCluster} from '../cluster.js'
import {makeNewerLbex, NEWER_VERSION} from '../newer-lbex.js'
import {aService, aSlice} from '../objects.js'
import {answerAt, untilAnswers, useStage} from '../stage.js'

export function lbexEndsScenarios(open: OpenCluster): void {
  describe('lbex stops', () => {
    const stage = useStage(open)

    /** A second Service, whose backend says its name. */
    async function serveBlue() {
      const {cluster, backend, ports} = stage()
      const {port: nodePort} = await backend('blue', '127.0.0.1')
      const service = aService('blue', {listen: ports[1] as number, nodePort})
      await cluster.put(service, aSlice('blue'))
      return {service, listen: ports[1] as number}
    }

    it('by SIGKILL, and restarts: NGINX keeps serving, and Services that were deleted meanwhile are closed', async () => {
      const {cluster, host, begin, start, expectNoLoss} = stage()
      const {service, listen} = await serveBlue()
      await begin()
      assert.equal(await answerAt(listen), 'blue')
      await host.end('SIGKILL')
      const {masters} = host.nginx()
      await cluster.remove(service)
      assert.equal(await answerAt(listen), 'blue')

      start()
      await host.ready()
      await untilAnswers(listen, undefined)
      assert.deepEqual(host.nginx().masters, masters)
      assert.equal(host.logged('NGINX adopted').length, 1)
      await expectNoLoss()
    })

    it('by SIGTERM, with a drain: /readyz fails first, connections finish, and no process is left', async () => {
      const {host, begin, port, traffic} = stage()
      await begin(['--pre-stop-delay', '1s', '--shutdown-timeout', '20s'])
      const session = await Session.open({port})
      const ended = host.end('SIGTERM')
      await host.until('/readyz to fail', async () => (await host.health('/readyz'))?.status === 503)
      assert.match((await host.health('/readyz'))?.text ?? '', /^\[-\]shutdown failed: lbex is stopping$/m)
      // A load balancer that polls /readyz has the time to notice: until then everything is served.
      assert.equal(await answerAt(port), 'backend')
      const {failed, problems, sessionsAlive} = await traffic()
      assert.deepEqual({failed, problems, sessionsAlive}, {failed: 0, problems: {}, sessionsAlive: 20})

      await untilAnswers(port, undefined)
      assert.equal(await session.isAlive(), true)
      session.close()
      const {exitCode} = await ended
      assert.equal(exitCode, 0)
      assert.equal(host.logged('connections did not finish in time and are closed').length, 0)
      expectNothingLeft()
    })

    it('by SIGTERM, with connections that outlast the drain: they are cut, and no process is left', async () => {
      const {host, begin, port, traffic} = stage()
      await begin(['--shutdown-timeout', '300ms'])
      await traffic()
      const session = await Session.open({port})
      const {exitCode} = await host.end('SIGTERM')
      assert.equal(exitCode, 0)
      await host.until('the end of the session', () => session.closed)
      assert.equal(host.logged('connections did not finish in time and are closed').length, 1)
      expectNothingLeft()
    })

    function expectNothingLeft(): void {
      const {host} = stage()
      const {pidFile, versionSocket} = layoutOf(host.nginxDirectory)
      assert.deepEqual(host.nginx(), {masters: [], accepting: [], leaving: []})
      assert.deepEqual([existsSync(pidFile), existsSync(versionSocket)], [false, false])
    }

    it('by SIGTERM, leaving NGINX running, and a newer version adopts it', async () => {
      const {cluster, host, begin, start, expectNoLoss} = stage()
      await begin(['--on-stop', 'leave'])
      const {masters} = host.nginx()
      assert.equal((await host.end('SIGTERM')).exitCode, 0)
      const {listen} = await serveBlue()

      start(['--on-stop', 'leave'], {program: await makeNewerLbex(host.folder)})
      await host.ready()
      await untilAnswers(listen, 'blue')
      const versions = host.logged('lbex started').map(({version}) => version)
      assert.equal(versions.at(-1), NEWER_VERSION)
      assert.ok(host.reloads() > 0)
      assert.deepEqual(host.nginx().masters, masters)

      // And once more, while nothing has changed.
      const before = host.reloads()
      assert.equal((await host.end('SIGTERM')).exitCode, 0)
      start(['--on-stop', 'leave'], {program: join(host.folder, 'newer-lbex')})
      await host.ready()
      assert.equal(host.reloads(), before)
      await cluster.remove(aSlice('blue'))
      await untilAnswers(listen, undefined)
      await expectNoLoss()
    })

    it('and restarts with wildcard listeners: that takes two reloads, and cuts no session', async () => {
      const {host, begin, start, port, traffic} = stage()
      const {listen} = await serveBlue()
      await begin(['--on-stop', 'leave'])
      await host.end('SIGTERM')
      start(['--on-stop', 'leave', '--listen-address', '0.0.0.0'])
      await host.ready()
      assert.deepEqual([await answerAt(port), await answerAt(listen)], ['backend', 'blue'])
      await host.until('two reloads', () => host.reloads() >= 2)
      assert.equal(host.reloads(), 2)
      assert.deepEqual(host.diagnostics(), [])
      assert.equal((await traffic()).sessionsAlive, 20)
    })
  })
}
