import assert from 'node:assert/strict'
import type {LoadBalancer} from '../../../../src/core/model/load-balancer.js'
import {finish} from '../../../../src/core/model/steps.js'
import {TrafficCounter} from '../../../../src/observe/traffic/traffic-counter.js'
import {trafficPage} from '../../../../src/observe/traffic/traffic-page.js'
import {lint, parseExposition, valueOf, type Family} from '../../../support/exposition.js'
import {balance, weighted} from '../../../support/shared-listeners.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {translate} from '../../../support/translate.js'
import {aSession, OWNER} from './lines.js'

const LINES = {read: 1, skipped: 2, invalid: 3, unknown: 4, dropped: 5}
const WEB = {namespace: 'default', service: 'web', port: '8080', protocol: 'TCP'}
const HOUR = 3_600_000

/** Services that listen on a port each. */
function serving(ports: Readonly<Record<string, number | string>>): LoadBalancer {
  const parts = Object.entries(ports).flatMap(([name, listen]) => [
    aService(name).annotated({'upstream-type': 'pod'}).port('http', 80, {listen}),
    aSlice(name).port('http', 8080).endpoints(anEndpoint('10.0.0.1')),
  ])
  return translate(aSnapshot(parts), options()).loadBalancer
}

function idOf({services}: LoadBalancer, name = 'web'): string {
  return services.find(({ref}) => ref.name === name)?.id ?? ''
}

describe('TrafficCounter', () => {
  let now: number
  let counter: TrafficCounter

  beforeEach(() => {
    now = 0
    counter = new TrafficCounter({clock: {monotonic: () => now}, perServer: true})
  })

  function text(active: Record<string, number> = {}): string {
    const series = counter.named()
    const state = {series, lines: LINES, samplingRatio: 0.5, perServer: true}
    return finish(trafficPage({...state, active: new Map(Object.entries(active))})).join('')
  }

  function page(active: Record<string, number> = {}): Family[] {
    return parseExposition(text(active))
  }

  it('counts all ports of a range for the first one', () => {
    const ranged = serving({web: '8080-8082'})
    counter.update(ranged)
    for (const port of [8080, 8082]) counter.count(aSession({owner: idOf(ranged), port}), 1)
    const families = page()
    assert.equal(valueOf(families, 'lbex_connections_total', WEB), 2)
    assert.equal(families.find(({name}) => name === 'lbex_connections_total')?.samples.length, 1)
  })

  it('follows the naming practices of Prometheus, and has 20 series for each listener without its servers', () => {
    const web = serving({web: 8080})
    counter.update(web)
    counter.count(aSession({owner: idOf(web)}), 1)
    const families = page({[`${idOf(web)}|8080|TCP`]: 1})
    assert.deepEqual(lint(families), [])
    const series = families
      .filter(({name}) => !name.startsWith('lbex_server'))
      .flatMap(({samples}) => samples)
      .filter(({labels}) => labels['service'] === 'web')
    assert.equal(series.length, 20)
  })

  it('starts each listener at zero', () => {
    counter.update(serving({web: 8080}))
    assert.equal(valueOf(page(), 'lbex_connections_total', WEB), 0)
    assert.equal(valueOf(page(), 'lbex_connections_refused_total', {...WEB, reason: 'limit'}), 0)
    assert.equal(valueOf(page(), 'lbex_connections_active', WEB), undefined)
  })

  it('counts sessions, bytes, times, refusals and failures', () => {
    const web = serving({web: 8080})
    counter.update(web)
    const owner = idOf(web)
    assert.deepEqual(counter.count(aSession({owner}), 1), {namespace: 'default', name: 'web'})
    const attempts = [{server: '10.0.0.1:8080'}, {server: '10.0.0.2:8080', connectTime: 200}]
    counter.count(aSession({owner, received: 5, sent: 7, duration: 61_000, attempts}), 10)
    counter.count(aSession({owner, received: 0, sent: 0, attempts: [], refusal: 'limit'}), 1)
    const value = (name: string, labels = {}) => valueOf(page(), name, {...WEB, ...labels})
    assert.equal(value('lbex_connections_total'), 12)
    assert.equal(value('lbex_connections_refused_total', {reason: 'limit'}), 1)
    assert.equal(value('lbex_received_bytes_total'), 53)
    assert.equal(value('lbex_sent_bytes_total'), 80)
    assert.equal(value('lbex_connect_failures_total'), 10)
    assert.equal(value('lbex_connection_duration_seconds_count'), 11)
    assert.equal(value('lbex_connection_duration_seconds_sum'), 611.234)
    assert.equal(value('lbex_connection_duration_seconds_bucket', {le: '1'}), 0)
    assert.equal(value('lbex_connection_duration_seconds_bucket', {le: '60'}), 1)
    assert.equal(value('lbex_connect_duration_seconds_bucket', {le: '0.01'}), 1)
    assert.equal(value('lbex_server_connections_total', {server: '10.0.0.2:8080'}), 10)
    assert.equal(value('lbex_server_connect_failures_total', {server: '10.0.0.1:8080'}), 10)
    assert.equal(value('lbex_server_received_bytes_total', {server: '10.0.0.30:80'}), undefined)
  })

  it('shows the open connections and the lines', () => {
    const web = serving({web: 8080})
    counter.update(web)
    const families = page({[`${idOf(web)}|8080|TCP`]: 3})
    assert.equal(valueOf(families, 'lbex_connections_active', WEB), 3)
    assert.equal(valueOf(families, 'lbex_access_log_lines_total', {result: 'dropped'}), 5)
    assert.equal(valueOf(families, 'lbex_traffic_sampling_ratio'), 0.5)
  })

  it('finds the Service by the listener if NGINX refused the connection before it knew it', () => {
    counter.update(serving({web: 8080, other: 9090}))
    const owner = undefined
    const early = aSession({owner, address: '192.0.2.1', attempts: [], refusal: 'error'})
    assert.equal(counter.count(early, 1)?.name, 'web')
    assert.equal(counter.count({...early, port: 9090}, 1)?.name, 'other')
    assert.deepEqual(counter.count({...early, port: 1}, 1), {namespace: '', name: ''})
  })

  it('counts a session for the Service that had the port when it began', () => {
    const before = serving({web: 8080})
    counter.update(before)
    counter.update(serving({other: 8080}))
    counter.count(aSession({owner: idOf(before)}), 1)
    assert.equal(valueOf(page(), 'lbex_connections_total', WEB), 1)
    assert.equal(valueOf(page(), 'lbex_connections_total', {...WEB, service: 'other'}), 0)
  })

  it('counts sessions from before the first load balancer', () => {
    const web = serving({web: 8080})
    counter.count(aSession({owner: idOf(web)}), 1)
    counter.count(aSession({owner: OWNER}), 1)
    assert.equal(valueOf(page(), 'lbex_connections_total', WEB), undefined)
    counter.update(web)
    assert.equal(valueOf(page(), 'lbex_connections_total', WEB), 1)
    assert.equal(counter.unknown, 1)
  })

  it('forgets a Service and a server an hour after their last use', () => {
    const web = serving({web: 8080})
    const owner = idOf(web)
    counter.update(web)
    counter.count(aSession({owner}), 1)
    now = HOUR + 1
    counter.update(web)
    const server = {...WEB, server: '10.0.0.1:30080'}
    assert.equal(valueOf(page(), 'lbex_server_connections_total', server), undefined)
    assert.equal(valueOf(page(), 'lbex_connections_total', WEB), 1)
    now += HOUR + 1
    counter.update(serving({}))
    assert.equal(valueOf(page(), 'lbex_connections_total', WEB), undefined)
    assert.equal(counter.count(aSession({owner}), 2), undefined)
    assert.equal(counter.unknown, 2 + 1)
  })

  it('tells the Services of a shared listener apart', () => {
    const endpoint = '10.0.0.1'
    const wishes = [weighted(1)]
    const shared = balance({name: 'a', endpoint, wishes}, {name: 'b', endpoint, wishes}).loadBalancer
    counter.update(shared)
    const name = shared.shared[0]?.upstreams[0]?.name ?? ''
    const owner = name.slice(0, 12)
    assert.equal(counter.count(aSession({owner, port: 8443}), 1)?.name, 'a')
    const unrouted = aSession({owner: undefined, port: 8443, attempts: [], refusal: 'no_backend'})
    counter.count(unrouted, 1)
    const count = (namespace: string, service: string) =>
      valueOf(page(), 'lbex_connections_total', {namespace, service, port: '8443', protocol: 'TCP'})
    assert.deepEqual([count('default', 'a'), count('default', 'b'), count('', '')], [1, 0, 1])
  })
})
