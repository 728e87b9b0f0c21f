import assert from 'node:assert/strict'
import type {LbexState} from '../../../src/core/state/lbex-state.js'
import type {ListenerState, ServerState} from '../../../src/core/state/service-state.js'
import type {Finding} from '../../../src/diagnostics/finding.js'
import {checkServerHealth} from '../../../src/doctor/server-health.js'
import {openStateSocket} from '../../../src/observe/state/state-socket.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {A_DEBUG_STATE} from '../../support/ui-states.js'

const FIX =
  'find out why the backend fails, or correct the health-check annotations of the Service; lbex status shows all backends'

const good = (address: string): ServerState => ({address, healthy: true})
const bad = (address: string): ServerState => ({address, healthy: false, problem: 'connection refused'})

const SUMMARY = {read: 1, selected: 1, served: 1, partial: 0, notServed: 0, errors: 0, warnings: 0}

/** One Service, with a listener for each list of servers. */
function stateWith(lists: readonly (readonly ServerState[])[], check: string | undefined): LbexState {
  const listeners = lists.map((servers, index): ListenerState => {
    const about = {listener: `0.0.0.0:${80 + index}/TCP`, servicePort: 80 + index, portName: ''}
    return {...about, state: 'served', servers, ...(check !== undefined && {check})}
  })
  const services = [{namespace: 'shop', name: 'web', state: 'served', listeners, diagnostics: []}] as const
  return {version: 1, at: '', summary: SUMMARY, services, diagnostics: []}
}

describe('lbex doctor: the health checks of servers', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  /** What doctor finds while an lbex serves that gives this state. */
  async function ask(state: () => LbexState): Promise<Finding[]> {
    const socket = await openStateSocket(folder.path, {
      state,
      explain: () => ({problem: 'not here'}),
      debug: () => A_DEBUG_STATE,
    })
    try {
      return await checkServerHealth(folder.path)
    } finally {
      await socket.close()
    }
  }

  const findings = (lists: readonly (readonly ServerState[])[]) => ask(() => stateWith(lists, 'tcp'))

  it('says nothing if no server is checked', async () => {
    assert.deepEqual(await ask(() => stateWith([[good('10.0.0.1:80')]], undefined)), [])
  })

  it('says nothing if no lbex serves, and warns if it does not answer', async () => {
    assert.deepEqual(await checkServerHealth(folder.path), [])
    const [finding, ...others] = await ask(() => {
      throw new Error('state')
    })
    assert.deepEqual([finding?.state, others], ['warning', []])
    assert.match(finding?.message ?? '', /gives no answer: this is a bug in lbex: state$/)
  })

  it('counts the servers that pass, each once', async () => {
    const about = {check: 'backend-health', state: 'ok'}
    assert.deepEqual(await findings([[good('10.0.0.1:80')], [good('10.0.0.1:80')]]), [
      {...about, message: '1 backend passes its health check'},
    ])
    assert.deepEqual(await findings([[good('10.0.0.1:80')], [good('10.0.0.2:80')]]), [
      {...about, message: '2 backends pass their health checks'},
    ])
  })

  it('lists the servers that fail', async () => {
    const message = 'Service shop/web: 10.0.0.2:80 fails its health check: connection refused'
    assert.deepEqual(await findings([[good('10.0.0.1:80'), bad('10.0.0.2:80')], [bad('10.0.0.2:80')]]), [
      {check: 'backend-health', state: 'warning', message, fix: FIX},
    ])
  })

  it('lists 20 of them, and counts the rest', async () => {
    for (const [count, last] of [
      [21, '1 more backend fails its health check'],
      [1000, '980 more backends fail their health checks'],
    ] as const) {
      const found = await findings([Array.from({length: count}, (_, index) => bad(`10.0.${index}.1:80`))])
      assert.equal(found.length, 21)
      assert.equal(found.at(-1)?.message, last)
    }
  })
})
