import assert from 'node:assert/strict'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const slice = aSlice('web').port('http', 8080).endpoints(anEndpoint('10.1.0.1'))
const unlabelled = slice.with({serviceName: ''})
const messages = (...parts: Parameters<typeof aSnapshot>[0]) =>
  outcome(aSnapshot(parts), options()).messages.filter((text) => !text.startsWith('no-backend'))

const said = [
  'slice-unlabelled: this EndpointSlice is not used: it is named like Service web and has no label kubernetes.io/service-name',
]

describe('an EndpointSlice without the label of its Service', () => {
  it('is reported if it is named like a Service that has no other', () => {
    assert.deepEqual(messages(web, unlabelled), said)
    assert.deepEqual(messages(web, unlabelled.named('web')), said)
  })

  it('is not, if the Service has another, is in another namespace or not ours', () => {
    assert.deepEqual(messages(web, slice.named('web-other'), unlabelled), [])
    assert.deepEqual(messages(web, unlabelled.inNamespace('shop')), [])
    assert.deepEqual(messages(web, unlabelled.named('website')), [])
    const {messages: all} = outcome(aSnapshot([web.with({annotations: {}}), unlabelled]), options())
    assert.deepEqual(all, [])
  })
})

describe('an EndpointSlice of names', () => {
  const names = slice.named('web-names').with({addressType: 'FQDN'})
  const skipped = 'address-type-unsupported: EndpointSlice web-names has addressType "FQDN" and is skipped'

  it('is named as such', () => {
    assert.deepEqual(outcome(aSnapshot([web, names]), options()).messages, [
      'no-backend: listen port 8080/TCP is closed: its EndpointSlices have addressType FQDN, which lbex does not support',
      skipped,
    ])
    assert.deepEqual(messages(web, slice, names), [skipped])
  })
})
