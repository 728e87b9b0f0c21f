import assert from 'node:assert/strict'
import type {DebugState} from '../../src/core/state/debug-state.js'
import {apiService, apiSlice} from '../support/api-double/objects.js'
import {useDouble} from '../support/api-double/use-double.js'
import {lint, parseExposition, valueOf} from '../support/exposition.js'
import {freePort} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'
import {startLbex} from './lbex.js'
import {endNginx, nginxFlags} from './nginx.js'

const LATENCY = 'lbex_network_programming_duration_seconds'

describe('the metrics of a cluster', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const double = useDouble()
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    await endNginx(folder.path)
    await folder.remove()
  })

  /** The EndpointSlices of Services with an endpoint at `address`, changed just now. */
  function changeEndpoints(address: string, ...services: readonly string[]): void {
    const annotations = {'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString()}
    for (const name of services) double.api.put(apiSlice(name, [address], {annotations}))
  }

  it('show the duration of an endpoint change and the state of the watches, as the status page does', async () => {
    const [port, healthPort] = [await freePort(), await freePort()]
    const annotations = {
      'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
      'loadbalancer-port.lbex/main': `${port}`,
      'loadbalancer.lbex/upstream-type': 'pod',
    }
    double.api.put(apiService('web', {annotations}))
    double.api.put(apiService('other'))
    changeEndpoints('127.0.0.1', 'web', 'other')
    const health = ['--health-address', '127.0.0.1', '--health-port', `${healthPort}`, '--ui']
    const access = ['--proxy', double.api.url, '--listen-address', '127.0.0.1']
    const {child, ended} = startLbex(['run', ...access, ...health, ...(await nginxFlags(folder.path))])
    const ask = async () => {
      const response = await fetch(`http://127.0.0.1:${healthPort}/metrics`).catch(() => undefined)
      return response ? parseExposition(await response.text()) : []
    }
    const until = (what: string, name: string, labels = {}) =>
      waitFor(async () => valueOf(await ask(), name, labels) === 1, {what, deadline: 30_000})

    await until('the first reconcile', 'lbex_reconcile_total', {result: 'applied'})
    for (const kind of ['Service', 'EndpointSlice', 'Node'])
      await until(`a watch of ${kind}`, 'lbex_source_watches_total', {kind})
    changeEndpoints('127.0.0.2', 'web', 'other')
    await until('the reload', 'lbex_nginx_reloads_total', {result: 'confirmed', reason: 'change'})
    await until('its latency', `${LATENCY}_count`)

    const families = await ask()
    const seconds = valueOf(families, `${LATENCY}_sum`) ?? 0
    assert.ok(seconds > 0 && seconds < 60, `${seconds}`)
    for (const kind of ['Service', 'EndpointSlice', 'Node']) {
      assert.equal(valueOf(families, 'lbex_source_lists_total', {kind}), 1)
      assert.ok((valueOf(families, 'lbex_source_kind_staleness_seconds', {kind}) ?? -1) >= 0)
    }
    assert.deepEqual(lint(families.filter(({name}) => name.startsWith('lbex_'))), [])
    const page = await (await fetch(`http://127.0.0.1:${healthPort}/ui`)).text()
    for (const part of ['1 of 1 Services', 'service-default/web', 'reload (change)', 'NGINX started'])
      assert.ok(page.includes(part), part)
    const debug = await (await fetch(`http://127.0.0.1:${healthPort}/debug/state`)).json()
    const {lastApply, lastFailure, pendingChange, backoffs, quarantine} = debug as DebugState
    assert.deepEqual([lastFailure, pendingChange, backoffs, quarantine], [undefined, undefined, [], []])
    assert.equal(lastApply?.changed, true)
    child.kill('SIGTERM')
    assert.equal((await ended).exitCode, 0)
  })
})
