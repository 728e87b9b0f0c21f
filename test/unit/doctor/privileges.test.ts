import assert from 'node:assert/strict'
import type {DesiredListener} from '../../../src/doctor/listeners.js'
import {checkPrivileges} from '../../../src/doctor/privileges.js'
import type {Capability} from '../../../src/dataplane/nginx/host/linux-capabilities.js'

const wanted = (port: number, transparent = false): DesiredListener => ({
  key: {address: '0.0.0.0', port, protocol: 'TCP'},
  owner: 'Service default/web',
  transparent,
})
const check = (
  listeners: readonly DesiredListener[],
  capabilities: readonly Capability[],
  firstFreePort = 1024,
  nginx?: readonly Capability[],
) =>
  checkPrivileges(listeners, {
    ...{capabilities: new Set(capabilities), firstFreePort},
    nginx: nginx && {pid: 42, capabilities: new Set(nginx)},
  }).map(({check: name, state, message, fix}) => [name, state, message, fix])

const REPLACE = 'systemctl stop lbex && systemctl start lbex, which drains NGINX and starts another one'

describe('checkPrivileges', () => {
  it('reports nothing if no capability is needed', () => {
    assert.deepEqual(check([], []), [])
    assert.deepEqual(check([wanted(1024)], []), [])
    assert.deepEqual(check([wanted(80)], [], 80), [])
  })

  it('requires CAP_NET_BIND_SERVICE for low ports', () => {
    assert.deepEqual(check([wanted(80), wanted(443), wanted(8080)], ['CAP_NET_BIND_SERVICE']), [
      [
        'low-ports',
        'ok',
        'CAP_NET_BIND_SERVICE is available for 0.0.0.0:80/TCP and 1 more below 1024',
        undefined,
      ],
    ])
    assert.deepEqual(check([wanted(443), wanted(80)], ['CAP_NET_RAW']), [
      [
        'low-ports',
        'problem',
        'CAP_NET_BIND_SERVICE is missing for 0.0.0.0:443/TCP and 1 more below 1024',
        `AmbientCapabilities=CAP_NET_BIND_SERVICE and CapabilityBoundingSet=CAP_NET_BIND_SERVICE in the systemd unit (systemctl edit lbex); or: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80; then ${REPLACE}`,
      ],
    ])
  })

  it('requires CAP_NET_RAW for passthrough, and says what it cannot check', () => {
    assert.deepEqual(
      check([wanted(8080, true)], []).map(([name, state, message]) => [name, state, message]),
      [['passthrough', 'problem', 'CAP_NET_RAW is missing for 0.0.0.0:8080/TCP']],
    )
    const [finding] = check([wanted(8080, true)], ['CAP_NET_RAW'])
    assert.deepEqual(finding?.slice(0, 2), ['passthrough', 'warning'])
  })

  it('names the bounding set too, which limits the ambient set', () => {
    const [finding] = check([wanted(8080, true)], ['CAP_NET_BIND_SERVICE'])
    const both = 'CAP_NET_BIND_SERVICE CAP_NET_RAW'
    assert.equal(
      finding?.[3],
      `AmbientCapabilities=${both} and CapabilityBoundingSet=${both} in the systemd unit (systemctl edit lbex); then ${REPLACE}`,
    )
  })

  it('takes the capabilities of a running NGINX into account', () => {
    const listeners = [wanted(8080, true)]
    assert.deepEqual(check(listeners, ['CAP_NET_RAW'], 1024, []), [
      [
        'passthrough',
        'problem',
        'CAP_NET_RAW is missing for 0.0.0.0:8080/TCP: lbex has it, but the running NGINX (process 42) was started without it',
        REPLACE,
      ],
    ])
    assert.deepEqual(
      check(listeners, [], 1024, ['CAP_NET_RAW']).map(([, state, message]) => [state, message]),
      [
        [
          'problem',
          'CAP_NET_RAW is missing for 0.0.0.0:8080/TCP: the running NGINX (process 42) has it, but lbex lacks it, and so will the next NGINX',
        ],
      ],
    )
    assert.equal(check(listeners, ['CAP_NET_RAW'], 1024, ['CAP_NET_RAW'])[0]?.[1], 'warning')
    assert.equal(check(listeners, [], 1024, [])[0]?.[2], 'CAP_NET_RAW is missing for 0.0.0.0:8080/TCP')
  })
})
