import assert from 'node:assert/strict'
import {UNKNOWN_HOST_STATE, type HostState} from '../../../../src/core/model/host-state.js'
import {createTranslator} from '../../../../src/core/translate/translator.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {codes} from '../../../support/outline.js'
import {without} from '../../../support/translate.js'

const HOST: HostState = {...UNKNOWN_HOST_STATE, addresses: new Set(['192.0.2.10'])}
const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const api = aService('api').port('http', 80, {listen: 8081}).annotated({'upstream-type': 'pod'})
const webSlice = aSlice('web').port('http', 8081).endpoints(anEndpoint('192.0.2.10'), anEndpoint('10.1.0.1'))
const apiSlice = (address: string) => aSlice('api').port('http', 80).endpoints(anEndpoint(address))
const alone = aSnapshot([web, webSlice])
const both = aSnapshot([web, webSlice, api, apiSlice('10.1.0.2')])

describe('an endpoint on this host, for a translator that caches', () => {
  const {translate} = createTranslator(options())
  const codesOf = (snapshot: typeof both, host = HOST) => codes(translate(snapshot, host).diagnostics)

  it('is skipped as soon as a Service listens there, and while it does', () => {
    assert.deepEqual(codesOf(alone), [])
    assert.deepEqual(codesOf(both), ['endpoint-is-listener'])
    assert.deepEqual(codesOf(alone), [])
  })

  it('is served while the listener is unavailable or has no backend', () => {
    assert.deepEqual(codesOf(both, {...HOST, ...without({'0.0.0.0:8081/TCP': {code: 'in-use'}})}), [
      'port-held',
    ])
    assert.deepEqual(codesOf(both), ['endpoint-is-listener'])
    assert.deepEqual(codesOf(aSnapshot([web, webSlice, api])), ['no-backend'])
  })

  it('is not tested again when endpoints of other Services change', () => {
    const before = translate(both, HOST)
    const endpointSlices = [...both.endpointSlices.slice(0, 1), apiSlice('10.1.0.3').build()]
    const after = translate({...both, endpointSlices}, HOST)
    const webOf = ({services}: typeof before) =>
      services.find(({intent}) => intent.service.ref.name === 'web')
    assert.deepEqual(codes(after.diagnostics), ['endpoint-is-listener'])
    assert.equal(webOf(after)?.available, webOf(before)?.available)
  })
})
