import assert from 'node:assert/strict'
import {isInjectedByKubernetes, unknownVariables} from '../../../src/cli/environment.js'

const known = ['LBEX_HEALTH_PORT', 'LBEX_REQUIRE_PORT', 'LBEX_SERVICE_POOL']

describe('environment', () => {
  for (const [name, value] of [
    ['LBEX_SERVICE_HOST', '10.0.0.1'],
    ['LBEX_SERVICE_HOST', 'fd00::1'],
    ['LBEX_SERVICE_PORT', '80'],
    ['LBEX_SERVICE_PORT_HTTP', '80'],
    ['LBEX_PORT', 'tcp://10.0.0.1:80'],
    ['LBEX_PORT_80_TCP', 'tcp://10.0.0.1:80'],
    ['LBEX_PORT_80_TCP_PROTO', 'tcp'],
    ['LBEX_PORT_80_TCP_PORT', '80'],
    ['LBEX_PORT_80_TCP_ADDR', '10.0.0.1'],
    ['LBEX_HEALTH_PORT', 'tcp://10.0.0.1:7331'],
    ['LBEX_EU_WEST_SERVICE_HOST', '10.0.0.1'],
    ['LBEX_DNS_PORT_53_UDP', 'udp://10.0.0.1:53'],
  ] as const) {
    it(`knows ${name}=${value} as injected by Kubernetes`, () => {
      assert.equal(isInjectedByKubernetes(name, value), true)
      assert.deepEqual(unknownVariables({[name]: value}, known), [])
    })
  }

  it('recognises variables of flags', () => {
    const environment = {
      LBEX_HEALTH_PORT: '80',
      LBEX_REQUIRE_PORT: 'false',
      LBEX_SERVICE_POOL: 'web',
      PATH: '/bin',
    }
    assert.equal(isInjectedByKubernetes('LBEX_HEALTH_PORT', '80'), false)
    assert.deepEqual(unknownVariables(environment, known), [])
  })

  it('reports unknown variables with the nearest name', () => {
    const environment = {LBEX_SERVICE_POOLS: 'web', LBEX_PORT: '80', LBEX_A_LONG_STRANGE_NAME: undefined}
    assert.deepEqual(unknownVariables(environment, known), [
      'the variable LBEX_A_LONG_STRANGE_NAME does not set a flag',
      'the variable LBEX_PORT does not set a flag',
      'the variable LBEX_SERVICE_POOLS does not set a flag; did you mean LBEX_SERVICE_POOL?',
    ])
  })
})
