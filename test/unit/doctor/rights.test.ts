import assert from 'node:assert/strict'
import type {WantedListener} from '../../../src/doctor/listeners.js'
import {checkRights} from '../../../src/doctor/rights.js'
import type {Capability} from '../../../src/nginx/capabilities.js'

const wanted = (port: number, transparent = false): WantedListener => ({
  key: {address: '0.0.0.0', port, protocol: 'TCP'},
  owner: 'Service default/web',
  transparent,
})
const check = (
  listeners: readonly WantedListener[],
  capabilities: readonly Capability[],
  firstFreePort = 1024,
) =>
  checkRights(listeners, {capabilities: new Set(capabilities), firstFreePort}).map(
    ({check: name, state, message, fix}) => [name, state, message, fix],
  )

describe('checkRights', () => {
  it('says nothing where no right is needed', () => {
    assert.deepEqual(check([], []), [])
    assert.deepEqual(check([wanted(1024)], []), [])
    assert.deepEqual(check([wanted(80)], [], 80), [])
  })

  it('wants a capability for low ports', () => {
    assert.deepEqual(check([wanted(80), wanted(443), wanted(8080)], ['CAP_NET_BIND_SERVICE']), [
      [
        'low-ports',
        'ok',
        'CAP_NET_BIND_SERVICE is there, for 0.0.0.0:80/TCP and 1 more below 1024',
        undefined,
      ],
    ])
    assert.deepEqual(check([wanted(443), wanted(80)], ['CAP_NET_RAW']), [
      [
        'low-ports',
        'problem',
        'CAP_NET_BIND_SERVICE is missing, for 0.0.0.0:443/TCP and 1 more below 1024',
        'AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80',
      ],
    ])
  })

  it('wants another for passthrough, and cannot tell the rest', () => {
    assert.deepEqual(
      check([wanted(8080, true)], []).map(([name, state, message]) => [name, state, message]),
      [['passthrough', 'problem', 'CAP_NET_RAW is missing, for 0.0.0.0:8080/TCP']],
    )
    const [finding] = check([wanted(8080, true)], ['CAP_NET_RAW'])
    assert.deepEqual(finding?.slice(0, 2), ['passthrough', 'warning'])
  })
})
