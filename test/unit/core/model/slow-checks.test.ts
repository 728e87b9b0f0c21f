import assert from 'node:assert/strict'
import {createTranslator} from '../../../../src/core/translate/translator.js'
import {UNKNOWN_HOST_STATE} from '../../../../src/core/model/host-state.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'

describe('checks that run less often than requested', () => {
  const service = (name: string, annotations: Readonly<Record<string, string>>) => [
    aService(name)
      .annotated({'upstream-type': 'pod', ...annotations})
      .port('main', 80, {listen: name.length}),
    aSlice(name).port('main', 8080).endpoints(anEndpoint('10.0.0.1')),
  ]
  const snapshot = aSnapshot([
    ...service('web', {'health-check': 'tcp', 'health-check-interval': '10s'}),
    ...service('plain', {}),
  ])

  it('are reported at the ports with checks of the namespace, as long as they do', () => {
    const {translate} = createTranslator(options())
    const messages = (slowChecks?: ReadonlyMap<string, number>) =>
      translate(snapshot, {...UNKNOWN_HOST_STATE, slowChecks}).diagnostics.map(
        ({code, object, message}) => `${code} ${object.name}: ${message}`,
      )
    assert.deepEqual(messages(new Map([['default', 2.5]])), [
      'health-check-slow web: this host checks each server about every 25 s instead of every 10 s',
    ])
    assert.deepEqual(messages(new Map([['other', 2]])), [])
    assert.deepEqual(messages(), [])
  })
})
