import assert from 'node:assert/strict'
import type {HealthCheck} from '../../../../src/core/intent/health-check.js'
import type {FailedCheck} from '../../../../src/core/model/host-state.js'
import type {ListenerRequest, ServicePlan} from '../../../../src/core/model/plan-service.js'
import {withoutFailingServers} from '../../../../src/core/model/failing-servers.js'
import {probeTarget} from '../../../../src/core/model/probe-target.js'
import {aService, listenerSettings} from '../../../support/builders.js'
import {serversOf} from '../../../support/outline.js'

const CHECK: HealthCheck = {
  ...{id: 'tcp', type: 'tcp', path: '/'},
  ...{interval: 5000, timeout: 2000, rise: 2, fall: 3},
}
const REFUSED: FailedCheck = {reason: 'connection refused', since: 0, flapping: false}

function upstream(
  addresses: readonly string[],
  healthCheck?: HealthCheck,
): NonNullable<ListenerRequest['upstream']> {
  const servers = addresses.map((address) => ({address, port: 80, weight: 1, down: false}))
  const settings = {balancing: {algorithm: 'round_robin'}, ...(healthCheck && {healthCheck})} as const
  return {name: 'a', settings, servers, unknown: [], absent: []}
}

/** The servers of each request and the messages, if the checks of these addresses fail. */
function outcome(
  upstreams: readonly NonNullable<ListenerRequest['upstream']>[],
  failing: readonly string[],
  failed = REFUSED,
) {
  const service = aService().build()
  const field = ['spec', 'ports', 0, 'port']
  const requests = upstreams.map((each) => ({
    port: {field},
    settings: listenerSettings(),
    upstream: each,
  })) as unknown as ListenerRequest[]
  const plan = {intent: {service}} as ServicePlan
  const checks = failing.map(
    (address) => [probeTarget({address, port: 80}, CHECK, 'default').id, failed] as const,
  )
  const after = withoutFailingServers(plan, requests, new Map(checks))
  return {
    ...{requests, after},
    servers: after.requests.map(({upstream: each}) => each && serversOf(each)),
    messages: after.diagnostics.map(({code, message}) => `${code}: ${message}`),
  }
}

describe('servers that fail their checks', () => {
  it('are marked as down, and reported', () => {
    const {servers, messages} = outcome([upstream(['10.1.0.1', '10.1.0.2'], CHECK)], ['10.1.0.2'])
    assert.deepEqual(servers, [['10.1.0.1:80', '10.1.0.2:80 down']])
    assert.deepEqual(messages, [
      'server-unhealthy: server 10.1.0.2:80 (connection refused, since 1970-01-01T00:00:00.000Z) fails its health check and gets no new connections',
    ])
  })

  it('stay in use if all servers of the upstream fail', () => {
    const {servers, messages, requests, after} = outcome(
      [upstream(['10.1.0.1', '10.1.0.2'], CHECK)],
      ['10.1.0.1', '10.1.0.2'],
      {...REFUSED, flapping: true},
    )
    assert.deepEqual(servers, [['10.1.0.1:80', '10.1.0.2:80']])
    assert.equal(after.requests[0], requests[0])
    assert.deepEqual(messages, [
      'servers-all-unhealthy: every server fails its health check, so lbex uses all of them: 10.1.0.1:80 (connection refused, since 1970-01-01T00:00:00.000Z, flapping), 10.1.0.2:80 (connection refused, since 1970-01-01T00:00:00.000Z, flapping)',
    ])
  })

  it('count only for Services with the same check', () => {
    const other = {...CHECK, id: 'http'}
    const upstreams = [upstream(['10.1.0.1', '10.1.0.2']), upstream(['10.1.0.1', '10.1.0.2'], other)]
    const {requests, after, messages} = outcome(upstreams, ['10.1.0.1'])
    assert.deepEqual([...after.requests], requests)
    assert.deepEqual(messages, [])
  })

  it('are reported once for an upstream that several listeners share', () => {
    const shared = upstream(['10.1.0.1', '10.1.0.2'], CHECK)
    const {after, messages} = outcome([shared, shared], ['10.1.0.1'])
    assert.equal(after.requests[0]?.upstream, after.requests[1]?.upstream)
    assert.equal(messages.length, 1)
  })
})
