import assert from 'node:assert/strict'
import type {HealthCheck} from '../../../../src/core/intent/health-check.js'
import type {UpstreamSettings} from '../../../../src/core/intent/upstream-settings.js'
import {createTranslator} from '../../../../src/core/translate/translator.js'
import {UNKNOWN_HOST_STATE} from '../../../../src/core/model/host-state.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {aSecret} from '../../../support/certificates.js'

describe('checks of servers with TLS', () => {
  const tlsToBackend = 'verify ca'

  function checkOf(
    annotations: Readonly<Record<string, string>>,
    authority = 'authority',
  ): HealthCheck | undefined {
    const parts = [
      aService('web')
        .annotated({'upstream-type': 'pod', ...annotations})
        .port('main', 443, {listen: 443}),
      aSlice('web').port('main', 8443).endpoints(anEndpoint('10.0.0.1')),
    ]
    const snapshot = {...aSnapshot(parts), secrets: [aSecret('ca', {pair: 'web', authority})]}
    const {loadBalancer} = createTranslator(options()).translate(snapshot, UNKNOWN_HOST_STATE)
    const settings: UpstreamSettings | undefined = loadBalancer.services[0]?.upstreams[0]?.settings
    return settings?.healthCheck
  }

  it('verify the name and the authorities that NGINX verifies', () => {
    const {id, tls} = checkOf({'health-check': 'http', 'tls-to-backend': tlsToBackend}) ?? {}
    assert.equal(tls?.name, 'web.default.svc')
    assert.match(tls?.authorities?.pem.reveal() ?? '', /^-----BEGIN CERTIFICATE-----/)
    const renewed = checkOf({'health-check': 'http', 'tls-to-backend': tlsToBackend}, 'other-authority')
    assert.notEqual(renewed?.id, id)
  })

  it('accept any certificate if NGINX does', () => {
    const check = checkOf({'health-check': 'tcp', 'tls-to-backend': 'insecure'})
    assert.deepEqual(check?.tls, {name: 'web.default.svc'})
  })

  it('have no TLS without that setting, and on another port', () => {
    const plain: Readonly<Record<string, string>>[] = [
      {'health-check': 'tcp'},
      {'health-check': 'tcp', 'health-check-port': '8080', 'tls-to-backend': tlsToBackend},
    ]
    for (const annotations of plain) {
      const check = checkOf(annotations)
      assert.deepEqual([check?.type, check?.tls], ['tcp', undefined])
    }
  })
})
