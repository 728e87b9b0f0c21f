import assert from 'node:assert/strict'
import type {LbexState} from '../../../../src/core/state/lbex-state.js'
import {systemClock} from '../../../../src/util/clock.js'
import {UNIT_TIMEOUT} from '../../../support/timeouts.js'
import {waitFor} from '../../../support/wait.js'
import {UiServer} from '../../../support/ui-server.js'
import {A_DEBUG_STATE, aServiceState, aState, aTraffic, FEW, withTraffic} from '../../../support/ui-states.js'

const emptyView = {
  state: () => aState(FEW),
  explain: () => ({problem: 'there is none'}),
  debug: () => A_DEBUG_STATE,
}

describe('the status page over HTTP', () => {
  let server: UiServer
  const ask = (path: string, options: RequestInit = {}) => fetch(server.url + path, options)

  afterEach(() => server.close())

  it('answers with the page and the state, and lets a browser do nothing else with it', async () => {
    server = await UiServer.start(aState(FEW))
    const page = await ask('/ui?service=shop/web')
    assert.equal(page.status, 200)
    assert.match(await page.text(), /^<!doctype html>.*shop\/web/s)
    const headers = ['content-type', 'cache-control', 'x-content-type-options', 'referrer-policy'] as const
    assert.deepEqual(
      headers.map((name) => page.headers.get(name)),
      ['text/html; charset=utf-8', 'no-store', 'nosniff', 'no-referrer'],
    )
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/)
    const state = (await (await ask('/api/v1/state?limit=2')).json()) as LbexState
    assert.deepEqual([state.services.length, state.continue], [2, 'shop/other'])
    assert.deepEqual(await (await ask('/debug/state')).json(), A_DEBUG_STATE)
    assert.equal((await ask('/api/v1/explain?service=shop/x')).status, 404)
    assert.equal((await ask('/ui?service=shop/x')).status, 404)
  })

  it('refuses to write, other paths, other names and a missing token', async () => {
    server = await UiServer.start(aState(FEW))
    for (const path of ['/ui', '/ui/events', '/api/v1/state', '/api/v1/explain', '/debug/state'])
      for (const method of ['POST', 'PUT', 'DELETE'])
        assert.equal((await ask(path, {method})).status, 405, path)
    for (const path of ['/', '/ui/', '/ui/x', '//', '/api/v1/state/x', '/metrics'])
      assert.equal((await ask(path)).status, 404)
    await server.close()
    server = await UiServer.start(aState(FEW), {readToken: async () => 'secret-token'})
    for (const path of ['/ui', '/ui/events', '/api/v1/state', '/api/v1/explain', '/debug/state']) {
      const refused = await ask(path)
      assert.deepEqual(
        [refused.status, await refused.text()],
        [401, 'the token of --ui-token-file is missing\n'],
      )
      assert.equal((await ask(path, {headers: {Authorization: 'Bearer secret-tokem'}})).status, 401)
    }
    const page = await ask('/ui', {headers: {Authorization: 'Bearer secret-token'}})
    assert.equal(page.status, 200)
    assert.ok(!(await page.text()).includes('secret-token'))
  })

  it('sends an event when the state differs from what the page shows', async () => {
    let now = 0
    const delay = async (milliseconds: number) => void (now += milliseconds)
    const clock = {...systemClock, monotonic: () => now, delay}
    server = await UiServer.start(aState(FEW), {clock})
    const version = /data-version="(\w+)"/.exec(await (await ask('/ui')).text())?.[1] ?? ''
    server.show(aState([aServiceState('new')]))
    const text = await (await ask(`/ui/events?since=${version}`)).text()
    const [, next = ''] = /^retry: 1000\nid: (\w+)\nevent: change\ndata: \1\n\n$/.exec(text) ?? []
    assert.notEqual(next, '', text)
    // What the browser remembers counts more than the address, which stays the same.
    const headers = {'Last-Event-ID': next}
    assert.equal(
      await (await ask(`/ui/events?since=${version}`, {headers})).text(),
      'retry: 1000\n: no change\n\n',
    )
    // The page says how long ago things were, so it must not stay as it is.
    now += 30_000
    assert.match(await (await ask(`/ui/events?since=${next}`)).text(), /^event: change$/m)
  })

  it('looks once for many browsers that wait, and warns of no leak', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => void warnings.push(warning)
    process.on('warning', note)
    let waiting = 0
    let looks = 0
    const delay = (_: number, signal?: AbortSignal) => {
      waiting += 1
      return systemClock.delay(UNIT_TIMEOUT, signal)
    }
    const view = {...emptyView, version: () => String((looks += 1) && 0)}
    server = await UiServer.start(aState(FEW), {view, clock: {...systemClock, monotonic: () => 0, delay}})
    const version = /data-version="(\w+)"/.exec(await (await ask('/ui')).text())?.[1] ?? ''
    const asked = Array.from({length: 12}, () => ask(`/ui/events?since=${version}`))
    await waitFor(() => waiting === 12, {what: 'the requests to wait'})
    await server.close()
    await Promise.allSettled(asked)
    process.off('warning', note)
    assert.deepEqual([warnings, looks], [[], 1])
  })

  it('draws the traffic once there are two samples', async () => {
    const state = withTraffic(aState(FEW), aTraffic(FEW))
    const clock = {...systemClock, delay: () => systemClock.delay(1)}
    server = await UiServer.start(state, {traffic: async () => aTraffic(FEW), clock})
    const text = await waitFor(
      async () => {
        const page = await (await ask('/ui?service=shop/web')).text()
        return page.includes('<svg') && page
      },
      {what: 'the graphs'},
    )
    assert.match(text, /aria-label="New connections in the last ten minutes: 3\.5\/s to 3\.5\/s"/)
  })

  it('survives a bug', async () => {
    server = await UiServer.start({} as LbexState)
    const page = await ask('/ui')
    assert.equal(page.status, 500)
    assert.match(await page.text(), /^this is a bug in lbex: /)
  })
})
