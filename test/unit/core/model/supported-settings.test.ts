import assert from 'node:assert/strict'
import {supportedSettings} from '../../../../src/core/model/supported-settings.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'
import {codes} from '../../../support/outline.js'

const LEAST_TIME = {balancing: {algorithm: 'least_time', method: 'connect'}} as const

function supported(settings: Parameters<typeof supportedSettings>[0], leastTime: boolean) {
  const diagnostics: Diagnostic[] = []
  const report = reporter(aService().build(), diagnostics)
  return [supportedSettings(settings, {name: 'NGINX 1.30.6', leastTime}, report), ...codes(diagnostics)]
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
      'least-time-unavailable',
    ])
  })
})
