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
  it('are those that are asked for if the data plane has them', () => {
    assert.deepEqual(supported(LEAST_TIME, true), [LEAST_TIME])
    assert.deepEqual(supported({balancing: {algorithm: 'client_ip'}}, false), [
      {balancing: {algorithm: 'client_ip'}},
    ])
  })

  it('have least_conn in place of a least_time that it does not have', () => {
    assert.deepEqual(supported(LEAST_TIME, false), [
      {balancing: {algorithm: 'least_conn'}},
      'least-time-unavailable',
    ])
  })
})
