import assert from 'node:assert/strict'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import type {UpstreamSettings} from '../../../../src/core/intent/upstream-settings.js'
import {supportedSettings} from '../../../../src/core/model/supported-settings.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'
import {findings} from '../../../support/outline.js'

const LEAST_TIME = {balancing: {algorithm: 'least_time', method: 'connect'}} as const

function supported(settings: UpstreamSettings, leastTime: boolean, key = 'algorithm') {
  const diagnostics: Diagnostic[] = []
  const service = aService()
    .port('http', 80, {listen: 8080})
    .annotated({[key]: 'least_time'})
    .build()
  const [exposed] = readIntent(service, DEFAULT_INTENT_OPTIONS).intent?.ports ?? []
  assert.ok(exposed)
  const port = {...exposed, upstreamSettings: settings}
  const capabilities = {name: 'NGINX 1.30.6', leastTime}
  const kept = supportedSettings(service, port, capabilities, reporter(service, diagnostics))
  return [kept, ...findings(diagnostics)]
}

describe('supportedSettings', () => {
  it('returns the requested settings if the data plane supports them', () => {
    assert.deepEqual(supported(LEAST_TIME, true), [LEAST_TIME])
    assert.deepEqual(supported({balancing: {algorithm: 'client_ip'}}, false), [
      {balancing: {algorithm: 'client_ip'}},
    ])
  })

  it('replaces least_time with least_conn if the data plane does not support it', () => {
    assert.deepEqual(supported(LEAST_TIME, false), [
      {balancing: {algorithm: 'least_conn'}},
      'warning least-time-unavailable metadata.annotations["loadbalancer.lbex/algorithm"]',
    ])
    assert.equal(
      supported(LEAST_TIME, false, 'algorithm.http')[1],
      'warning least-time-unavailable metadata.annotations["loadbalancer.lbex/algorithm.http"]',
    )
  })
})
