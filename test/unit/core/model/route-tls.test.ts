import assert from 'node:assert/strict'
import {ownedListeners} from '../../../../src/core/model/owned-listeners.js'
import {filesOfListener} from '../../../../src/core/model/route-tls.js'
import type {NginxVersion} from '../../../../src/dataplane/nginx-capabilities.js'
import {aSecret} from '../../../support/certificates.js'
import {aService, aSnapshot, options} from '../../../support/builders.js'
import {evaluate} from '../../../support/translate.js'

const SECRETS = [
  aSecret('first', {pair: 'web'}),
  aSecret('second', {pair: 'web-renewed'}),
  aSecret('authorities', {authority: 'authority', type: 'Opaque'}),
]
const FIRST = {hosts: 'web.example.com', 'tls-secret': 'first'}
const SECOND = {hosts: 'a.example.org', 'tls-secret': 'second'}

/** The names and Secrets of the routes of the only listener, those of the listener itself, and the diagnostics. */
function serve(services: readonly Readonly<Record<string, string>>[], version: NginxVersion = [1, 25, 5]) {
  const parts = services.map((annotations, index) =>
    aService(`s${index}`)
      .port('https', 443, {listen: 443})
      .annotated({'upstream-type': 'cluster-ip', ...annotations}),
  )
  const nginx = {version, plus: false, liveUpdates: false}
  const listenAddresses = {IPv4: ['0.0.0.0'], IPv6: []}
  const {loadBalancer, diagnostics} = evaluate(
    {...aSnapshot(parts), secrets: SECRETS},
    options({nginx, listenAddresses}),
  )
  const [listener, ...others] = ownedListeners(loadBalancer).map((each) => each.listener)
  assert.ok(listener)
  assert.deepEqual(others, [])
  return {
    own: listener.tls?.certificate?.secret.name,
    routes: listener.routes.map(({match, tls}) => [
      match.type === 'sni' && match.name,
      tls?.files.certificate?.secret.name,
    ]),
    files: filesOfListener(listener).map(({secret}) => secret.name),
    diagnostics: diagnostics.map(({code, object, hint}) => `${code} ${object.name}: ${hint}`),
    toBackends: listener.routes.map(({tls}) => tls?.toBackend?.name),
  }
}

const ADVICE = 'use the same values as the other Service, or choose another listen port'
const NEWER = 'use the same values as the other Service, another listen port, or NGINX 1.25.5 or newer'

describe('routes of a listener with TLS', () => {
  it('have their own certificates if these differ', () => {
    const {toBackends: _, ...result} = serve([FIRST, SECOND])
    assert.deepEqual(result, {
      own: undefined,
      routes: [
        ['a.example.org', 'second'],
        ['web.example.com', 'first'],
      ],
      files: ['second', 'first'],
      diagnostics: [],
    })
  })

  it('have the certificate of the listener if all have the same', () => {
    const {own, routes, files} = serve([FIRST, {...SECOND, 'tls-secret': 'first'}])
    assert.deepEqual([own, files], ['first', ['first']])
    assert.deepEqual(
      routes.map(([, secret]) => secret),
      [undefined, undefined],
    )
  })

  it('have their own client authorities and TLS to the backends', () => {
    const same = {...SECOND, 'tls-secret': 'first'}
    const verified = serve([FIRST, {...same, 'tls-client-ca-secret': 'authorities'}])
    assert.deepEqual([verified.files, verified.diagnostics], [['first', 'authorities', 'first'], []])
    const encrypted = serve([FIRST, {...same, 'tls-to-backend': 'insecure'}])
    assert.deepEqual([encrypted.toBackends, encrypted.diagnostics], [['s1.default.svc', undefined], []])
  })

  it('have none if their Secret cannot be used', () => {
    const {routes, diagnostics} = serve([FIRST, SECOND, {hosts: 'x.example.org', 'tls-secret': 'none'}])
    assert.deepEqual(routes.at(-1), ['x.example.org', undefined])
    assert.deepEqual(
      diagnostics.map((text) => text.slice(0, text.indexOf(':'))),
      ['tls-secret-unusable s2'],
    )
  })

  it('cannot differ with an older NGINX', () => {
    const {own, diagnostics} = serve([FIRST, SECOND], [1, 25, 4])
    assert.deepEqual([own, diagnostics], ['first', [`shared-settings-differ s1: ${NEWER}`]])
  })

  it('cannot differ in whether NGINX terminates TLS, in its oldest version, or for the same name', () => {
    const refused = (annotations: Readonly<Record<string, string>>) => serve([FIRST, annotations]).diagnostics
    assert.deepEqual(refused({hosts: 'a.example.org'}), [`shared-settings-differ s1: ${ADVICE}`])
    assert.deepEqual(refused({...SECOND, 'tls-min-version': '1.3'}), [`shared-settings-differ s1: ${ADVICE}`])
    const group = {hosts: 'web.example.com', 'shared-listener': 'web'}
    const {diagnostics} = serve([
      {...group, 'tls-secret': 'first'},
      {...group, 'tls-secret': 'second'},
    ])
    assert.deepEqual(diagnostics, [`shared-settings-differ s1: ${ADVICE}`])
  })
})
