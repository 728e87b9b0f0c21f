import assert from 'node:assert/strict'
import {CODES} from '../../../src/diagnostics/catalogue.js'
import {concernsHost, NOT_SERVED, portErrorOf, reasonOf} from '../../../src/publish/reasons.js'

/** The pattern and the length that the API has for the error of a port. */
const PORT_ERROR =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/

describe('publish/reasons', () => {
  it('converts codes to CamelCase reasons', () => {
    assert.deepEqual(
      ['port-conflict', 'no-backend', 'cluster-ip-missing'].map((code) => reasonOf(code as never)),
      ['PortConflict', 'NoBackend', 'ClusterIpMissing'],
    )
  })

  it('are valid for the API, for every code', () => {
    for (const error of [...CODES.map(portErrorOf), NOT_SERVED]) {
      assert.match(error, PORT_ERROR)
      assert.match(error, /^loadbalancer\.lbex\/([A-Z][a-z]*)+$/)
      assert.ok(error.length <= 316)
    }
  })

  it('knows which codes are about a single host', () => {
    assert.deepEqual(CODES.filter(concernsHost).sort(), [
      'health-check-slow',
      'listen-address-unknown',
      'nginx-exhausted',
      'nginx-refused',
      'port-held',
      'server-unhealthy',
      'servers-all-unhealthy',
    ])
  })
})
