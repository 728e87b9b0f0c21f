import assert from 'node:assert/strict'
import {sortDiagnostics} from '../../../../src/diagnostics/diagnostic.js'
import {evaluate} from '../../../support/translate.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const slice = aSlice('web').port('http', 8080).endpoints(anEndpoint('10.1.0.1'))
const unlabelled = slice.with({serviceName: ''})
const messages = (...parts: Parameters<typeof aSnapshot>[0]) =>
  outcome(aSnapshot(parts), options()).messages.filter((text) => !text.startsWith('no-backend'))

const said = [
  'slice-unlabelled: this EndpointSlice is not used: it is named like Service web, but has no label kubernetes.io/service-name',
]

describe('an EndpointSlice without the label of its Service', () => {
  it('is reported if it is named like a Service that has no other slice', () => {
    assert.deepEqual(messages(web, unlabelled), said)
    assert.deepEqual(messages(web, unlabelled.named('web')), said)
  })

  it('is not reported if the Service has another slice, is in another namespace or is not served by lbex', () => {
    assert.deepEqual(messages(web, slice.named('web-other'), unlabelled), [])
    assert.deepEqual(messages(web, unlabelled.inNamespace('shop')), [])
    assert.deepEqual(messages(web, unlabelled.named('website')), [])
    const {messages: all} = outcome(aSnapshot([web.with({annotations: {}}), unlabelled]), options())
    assert.deepEqual(all, [])
  })

  it('is not reported if its name is longer than the API server allows', () => {
    assert.deepEqual(messages(web, unlabelled.named(`web${'-a'.repeat(125)}`)), said)
    assert.deepEqual(messages(web, unlabelled.named(`web${'-a'.repeat(126)}`)), [])
    for (const name of ['', '-', '-web', 'web-']) messages(web, unlabelled.named(name))
  })

  it('is listed if it is one of the first 50 of its Service, otherwise counted, whatever the order', () => {
    const many = Array.from({length: 60}, (_, index) => unlabelled.named(`web-${100 + index}`))
    const other = aService('other').port('http', 80, {listen: 8081}).annotated({'upstream-type': 'pod'})
    const found = (slices: typeof many) =>
      evaluate(aSnapshot([web, other, unlabelled.named('other-1'), ...slices]), options()).diagnostics.filter(
        ({code}) => code === 'slice-unlabelled' || code === 'findings-not-listed',
      )
    const names = sortDiagnostics(found(many)).map(({object, message}) => `${object.name} ${message}`)
    assert.equal(names.length, 52)
    assert.equal(names.filter((line) => /^web-1[0-4]\d /.test(line)).length, 50)
    assert.ok(
      names.includes(
        'web slice-unlabelled was found in 10 more places; only the first 50 findings are listed',
      ),
    )
    assert.deepEqual(sortDiagnostics(found(many.toReversed())), sortDiagnostics(found(many)))
  })
})

describe('an EndpointSlice with host names', () => {
  const names = slice.named('web-names').with({addressType: 'FQDN'})
  const skipped = 'address-type-unsupported: EndpointSlice web-names has addressType "FQDN" and is skipped'

  it('is reported', () => {
    assert.deepEqual(outcome(aSnapshot([web, names]), options()).messages, [
      'no-backend: listen port 8080/TCP is closed: its EndpointSlices have addressType FQDN, which lbex does not support',
      skipped,
    ])
    assert.deepEqual(messages(web, slice, names), [skipped])
  })
})
