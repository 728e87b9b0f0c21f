import assert from 'node:assert/strict'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import type {DataPlaneCapabilities} from '../../../../src/core/model/options.js'
import {supportedSettings} from '../../../../src/core/model/supported-settings.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'
import {findings} from '../../../support/outline.js'

const LEAST_TIME = {balancing: {algorithm: 'least_time', method: 'connect'}} as const

const CAPABILITIES = {
  name: 'NGINX 1.30.6',
  leastTime: false,
  proxyProtocolV2: false,
  realClientAddress: true,
  serverNames: true,
  certificatePerName: true,
}

function supported(
  annotations: Readonly<Record<string, string>>,
  available: Partial<DataPlaneCapabilities> = {},
) {
  const diagnostics: Diagnostic[] = []
  const service = aService().port('http', 80, {listen: 8080}).annotated(annotations).build()
  const [port] = readIntent(service, DEFAULT_INTENT_OPTIONS).intent?.ports ?? []
  assert.ok(port)
  const capabilities = {...CAPABILITIES, ...available}
  return [
    supportedSettings(service, port, capabilities, reporter(service, diagnostics)),
    ...findings(diagnostics),
  ]
}

const at = (key: string) => `metadata.annotations["loadbalancer.lbex/${key}"]`

describe('supportedSettings', () => {
  it('returns the requested settings if the data plane supports them', () => {
    assert.deepEqual(supported({algorithm: 'least_time'}, {leastTime: true}), [LEAST_TIME])
    assert.deepEqual(supported({algorithm: 'least_conn', 'proxy-protocol': 'v1'}), [
      {balancing: {algorithm: 'least_conn'}},
    ])
    assert.deepEqual(supported({'proxy-protocol': 'v2'}, {proxyProtocolV2: true}), [
      {balancing: {algorithm: 'round_robin'}},
    ])
  })

  it('replaces least_time with least_conn if the data plane does not support it', () => {
    for (const key of ['algorithm', 'algorithm.http'])
      assert.deepEqual(supported({[key]: 'least_time'}), [
        {balancing: {algorithm: 'least_conn'}},
        `warning least-time-unavailable ${at(key)}`,
      ])
  })

  it('leaves out a drain timeout if lbex cannot end connections', () => {
    const settings = {balancing: {algorithm: 'round_robin'}, drainTimeout: 300_000}
    assert.deepEqual(supported({'drain-timeout': '5m'}), [settings])
    for (const [key, obstacle] of [
      ['drain-timeout', 'capability'],
      ['drain-timeout.http', 'program'],
    ] as const)
      assert.deepEqual(supported({[key]: '5m'}, {drainObstacle: obstacle}), [
        {balancing: {algorithm: 'round_robin'}},
        `warning drain-unavailable ${at(key)}`,
      ])
    assert.deepEqual(supported({'drain-timeout': '0'}, {drainObstacle: 'program'}), [
      {balancing: {algorithm: 'round_robin'}},
    ])
    assert.deepEqual(
      supported({'drain-timeout': '5m', algorithm: 'least_time'}, {drainObstacle: 'program'}),
      [
        {balancing: {algorithm: 'least_conn'}},
        `warning drain-unavailable ${at('drain-timeout')}`,
        `warning least-time-unavailable ${at('algorithm')}`,
      ],
    )
  })

  it('returns undefined for a PROXY protocol that the data plane does not support', () => {
    assert.deepEqual(supported({'proxy-protocol': 'v2'}), [
      undefined,
      `error setting-unavailable ${at('proxy-protocol')}`,
    ])
    const without = {realClientAddress: false}
    assert.deepEqual(
      supported({'accept-proxy-protocol': '10.0.0.0/8', 'proxy-protocol.http': 'v2'}, without),
      [
        undefined,
        `error setting-unavailable ${at('accept-proxy-protocol')}`,
        `error setting-unavailable ${at('proxy-protocol.http')}`,
      ],
    )
  })
  it('returns undefined for server names that the data plane cannot read', () => {
    assert.deepEqual(supported({hosts: 'a.example'}, {serverNames: false}), [
      undefined,
      `error setting-unavailable ${at('hosts')}`,
    ])
  })
})
