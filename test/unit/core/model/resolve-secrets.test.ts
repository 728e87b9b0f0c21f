import assert from 'node:assert/strict'
import type {Secret} from '../../../../src/core/cluster/objects.js'
import {createSecretViews} from '../../../../src/core/model/secret-views.js'
import {filesOf, stemOf, type SecretFile} from '../../../../src/core/model/tls-files.js'
import {ownedListeners} from '../../../../src/core/model/owned-listeners.js'
import {COMPLETE} from '../../../../src/core/cluster/snapshot.js'
import {aSecret, credentialOf} from '../../../support/certificates.js'
import {aService, aSnapshot, options} from '../../../support/builders.js'
import {evaluate} from '../../../support/translate.js'
import type {HostState} from '../../../../src/core/model/host-state.js'

const NOW = Date.parse('2026-12-31')
const GOOD = aSecret('certificate', {pair: 'web'})
const BROKEN = aSecret('certificate', {})
const unreadable = (why: Extract<Secret, {unreadable: unknown}>['unreadable']): Secret => ({
  ref: GOOD.ref,
  unreadable: why,
})

function serve(secrets: readonly Secret[], host: Partial<HostState> = {}, annotations = {}) {
  const service = aService('web')
    .port('https', 443, {listen: 443})
    .annotated({'upstream-type': 'cluster-ip', 'tls-secret': 'certificate', ...annotations})
  const result = evaluate({...aSnapshot([service]), secrets}, options({host: {now: NOW, ...host}}))
  const files = ownedListeners(result.loadBalancer).flatMap(({listener}) => filesOf(listener.tls))
  return {files, diagnostics: result.diagnostics.map(({code, message}) => `${code}: ${message}`)}
}

const certificateOf = (secret: Secret) =>
  credentialOf('certificate' in secret ? secret.certificate : {problem: 'no-certificate'})

/** What an NGINX serves that was started with these files. */
function lastGoodOf(files: readonly SecretFile[]): Partial<HostState> {
  return {
    lastGood: new Map(
      files.flatMap(({path, credential}) => (credential ? [[stemOf(path), credential]] : [])),
    ),
  }
}

describe('a port with a certificate', () => {
  const {files, diagnostics} = serve([GOOD])

  it('is served with a file that is named by its content', () => {
    const {hash} = certificateOf(GOOD)
    assert.deepEqual(diagnostics, [])
    assert.deepEqual(
      files.map(({path, secret}) => [path.endsWith(`-${hash}.pem`), secret]),
      [[true, GOOD.ref]],
    )
  })

  it('gets another file with another certificate', () => {
    const renewed = serve([aSecret('certificate', {pair: 'web-renewed'})]).files
    assert.equal(stemOf(renewed[0]?.path ?? ''), stemOf(files[0]?.path ?? ''))
    assert.notEqual(renewed[0]?.path, files[0]?.path)
  })

  it('keeps the last good content if the Secret is broken, and says so', () => {
    const kept = serve([BROKEN], lastGoodOf(files))
    assert.deepEqual(
      kept.files.map(({path}) => path),
      files.map(({path}) => path),
    )
    assert.deepEqual(kept.diagnostics, [
      'tls-secret-kept: Secret default/certificate has no tls.crt; NGINX continues to use the last good content for tls-secret',
    ])
  })

  it('keeps it if the API server does not allow lbex to read the Secret any more', () => {
    const denied = unreadable({why: 'forbidden', rule: 'grant it'})
    assert.equal(serve([denied], lastGoodOf(files)).files.length, 1)
  })

  it('is closed if the Secret was deleted, or is of another type', () => {
    assert.deepEqual(serve([], lastGoodOf(files)).files, [])
    const other = aSecret('certificate', {pair: 'web', type: 'Opaque'})
    assert.deepEqual(serve([other], lastGoodOf(files)).files, [])
  })

  it('keeps a certificate that expires while NGINX serves it', () => {
    const secrets = [aSecret('certificate', {pair: 'expired'})]
    const before = serve(secrets, {now: Date.parse('2020-06-01')}).files
    const after = serve(secrets, lastGoodOf(before))
    assert.equal(after.files.length, 1)
    assert.match(after.diagnostics[0] ?? '', /^tls-secret-kept: .* expired on 2021-01-01/)
  })

  const closed: [what: string, secret: Secret, problem: RegExp, now?: number][] = [
    ['broken', BROKEN, /has no tls.crt/],
    ['expired', aSecret('certificate', {pair: 'expired'}), /expired on 2021-01-01/],
    ['not valid yet', GOOD, /is not valid before 2026-01-01/, Date.parse('2025-12-31')],
    ['not allowed', unreadable({why: 'forbidden', rule: 'grant it'}), /may not be read/],
    ['beyond the limit', unreadable({why: 'limit', limit: 500}), /reads at most 500 Secrets/],
    ['not answered', unreadable({why: 'unanswered', message: 'timeout'}), /could not be read yet: timeout/],
    ['not answered yet', unreadable({why: 'unanswered', message: ''}), /could not be read yet; /],
  ]
  for (const [what, secret, problem, now = NOW] of closed) {
    it(`is closed if the Secret is ${what} and NGINX has no good one`, () => {
      const result = serve([secret], {now})
      assert.deepEqual(result.files, [])
      assert.match(result.diagnostics[0] ?? '', /^tls-secret-unusable: /)
      assert.match(result.diagnostics[0] ?? '', problem)
    })
  }

  it('names its other Secrets too', () => {
    const authorities = aSecret('authorities', {authority: 'authority', type: 'Opaque'})
    const annotations = {'tls-client-ca-secret': 'authorities', 'tls-to-backend': 'verify authorities'}
    assert.equal(serve([GOOD, authorities], {}, annotations).files.length, 3)
    assert.deepEqual(serve([GOOD], {}, annotations).files, [])
  })
})

describe('createSecretViews', () => {
  const viewer = createSecretViews()
  const service = aService('web').annotated({'tls-secret': 'certificate'}).build()
  const view = (secrets: readonly Secret[], host: Partial<HostState> = {}) =>
    viewer({secrets, coverage: COMPLETE}, host)(service)[0]

  it('returns the same view while nothing changes', () => {
    const first = view([GOOD], {now: NOW})
    assert.equal(view([GOOD], {now: NOW + 1000}), first)
    assert.notEqual(view([BROKEN], {now: NOW}), first)
  })

  it('returns another view when the certificate will expire soon', () => {
    const soon = aSecret('certificate', {pair: 'expiring'})
    assert.equal(view([soon], {now: Date.parse('2026-12-01')})?.parts.certificate.validity, 'valid')
    assert.equal(view([soon], {now: NOW})?.parts.certificate.validity, 'expiring')
  })

  it('knows that a Secret may exist', () => {
    const coverage = {...COMPLETE, unknownSecrets: true} as const
    assert.equal(createSecretViews()({coverage}, {})(service)[0]?.secret, 'unknown')
  })
})
