import assert from 'node:assert/strict'
import {createServer, type AddressInfo} from 'node:net'
import type {Checks} from '../../../src/controller/checks.js'
import {startHealthServer, type HealthServer, type Page} from '../../../src/controller/health.js'
import {Failure} from '../../../src/diagnostics/failure.js'

const GOOD: Checks = {
  health: [{name: 'nginx'}],
  live: [{name: 'loop'}],
  ready: [{name: 'sync'}, {name: 'apply'}],
}
const BAD: Checks = {
  health: [{name: 'nginx', problem: 'NGINX does not serve'}],
  live: [{name: 'loop', problem: 'stuck'}],
  ready: [{name: 'sync'}, {name: 'apply', problem: 'the disk is full'}],
}

describe('health server', () => {
  let checks: Checks
  let page: () => Promise<Page>
  let server: HealthServer

  before(async () => {
    const metrics = () => page()
    server = await startHealthServer({port: 0, address: '127.0.0.1', checks: () => checks, metrics})
  })
  after(() => server.close())

  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {method})
    return [response.status, await response.text()] as const
  }

  it('answers when all is well', async () => {
    checks = GOOD
    assert.deepEqual(await ask('/'), [200, 'healthy\n'])
    assert.deepEqual(await ask('/livez'), [200, 'ok\n'])
    assert.deepEqual(await ask('/readyz'), [200, 'ok\n'])
    assert.deepEqual(await ask('/readyz?verbose'), [200, '[+]sync ok\n[+]apply ok\nreadyz check passed\n'])
    assert.deepEqual(await ask('/livez?verbose=1'), [200, '[+]loop ok\nlivez check passed\n'])
  })

  it('says what is wrong', async () => {
    checks = BAD
    assert.deepEqual(await ask('/'), [503, 'unhealthy: NGINX does not serve\n'])
    assert.deepEqual(await ask('/livez'), [503, '[-]loop failed: stuck\nlivez check failed\n'])
    assert.deepEqual(await ask('/readyz'), [
      503,
      '[+]sync ok\n[-]apply failed: the disk is full\nreadyz check failed\n',
    ])
  })

  it('shows a remark without being asked, and passes all the same', async () => {
    checks = {...GOOD, ready: [{name: 'sync'}, {name: 'freshness', remark: 'stale: no news'}]}
    assert.deepEqual(await ask('/readyz'), [
      200,
      '[+]sync ok\n[+]freshness ok: stale: no news\nreadyz check passed\n',
    ])
  })

  it('answers HEAD without a body, and nothing else', async () => {
    checks = GOOD
    assert.deepEqual(await ask('/', 'HEAD'), [200, ''])
    assert.deepEqual(await ask('/', 'POST'), [405, 'method not allowed\n'])
    assert.deepEqual(await ask('/metricz'), [404, 'not found\n'])
    assert.deepEqual(await ask('//'), [404, 'not found\n'])
  })

  it('answers with the metrics, in their own format', async () => {
    page = async () => ({type: 'text/plain; version=0.0.4', text: 'lbex_build_info 1\n'})
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics?x=1`)
    assert.equal(response.headers.get('Content-Type'), 'text/plain; version=0.0.4')
    assert.deepEqual([response.status, await response.text()], [200, 'lbex_build_info 1\n'])
    assert.deepEqual(await ask('/metrics', 'HEAD'), [200, ''])
    assert.deepEqual(await ask('/metrics', 'POST'), [405, 'method not allowed\n'])
  })

  it('goes on where the metrics cannot be told', async () => {
    checks = GOOD
    page = () => Promise.reject(new TypeError('x is undefined'))
    assert.deepEqual(await ask('/metrics'), [500, 'the metrics cannot be told: x is undefined\n'])
    assert.deepEqual(await ask('/'), [200, 'healthy\n'])
  })

  it('fails clearly when the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const {port} = holder.address() as AddressInfo
    try {
      await assert.rejects(startHealthServer({port, address: '127.0.0.1', checks: () => GOOD}), (error) => {
        assert.ok(error instanceof Failure)
        assert.equal(error.message, `cannot answer health checks on port ${port}: the port is in use`)
        assert.equal(error.temporary, false)
        assert.match(error.hint ?? '', /--health-port/)
        return true
      })
    } finally {
      holder.close()
    }
  })

  it('fails clearly for an address of another host', async () => {
    const attempt = startHealthServer({port: 0, address: '192.0.2.1', checks: () => GOOD})
    await assert.rejects(attempt, /: the host does not have the address$/)
  })

  it('answers on every address where none is given', async () => {
    const everywhere = await startHealthServer({port: 0, checks: () => GOOD})
    const answer = async (path: string) => (await fetch(`http://127.0.0.1:${everywhere.port}${path}`)).text()
    assert.deepEqual([await answer('/'), await answer('/metrics')], ['healthy\n', 'not found\n'])
    await everywhere.close()
  })
})
