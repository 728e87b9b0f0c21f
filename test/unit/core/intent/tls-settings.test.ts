import assert from 'node:assert/strict'
import {secretReader, secretsNamedBy} from '../../../../src/core/intent/named-secrets.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {readTlsSettings} from '../../../../src/core/intent/tls-settings.js'
import {parseBackendTls, parseSecretName} from '../../../../src/core/intent/tls-values.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'

function read(annotations: Record<string, string>) {
  const service = aService('web').port('https', 443).annotated(annotations).build()
  const found: Diagnostic[] = []
  const settings = readTlsSettings(service, reporter(service, found))
  return {settings, codes: found.map(({code}) => code)}
}

describe('readTlsSettings', () => {
  it('is empty without annotations', () => assert.deepEqual(read({}), {settings: {}, codes: []}))

  it('reads all settings', () => {
    const annotations = {
      'tls-secret': 'certificate',
      'tls-min-version': '1.3',
      'tls-client-ca-secret': 'clients',
      'tls-to-backend': 'verify backends',
    }
    assert.deepEqual(read(annotations), {
      settings: {
        tlsSecret: 'default/certificate',
        tlsMinVersion: '1.3',
        tlsClientCaSecret: 'default/clients',
        tlsToBackend: {name: 'web.default.svc', caSecret: 'default/backends'},
      },
      codes: [],
    })
  })

  it('has no fields for defaults', () => {
    assert.deepEqual(read({'tls-secret': 'a', 'tls-min-version': '1.2', 'tls-to-backend': 'off'}), {
      settings: {tlsSecret: 'default/a'},
      codes: [],
    })
    assert.deepEqual(read({'tls-to-backend': 'insecure'}).settings, {tlsToBackend: {name: 'web.default.svc'}})
  })

  it('reports invalid values', () => {
    const annotations = {'tls-secret': 'A_B', 'tls-min-version': '1.1', 'tls-to-backend': 'verify'}
    const invalid = ['guard-invalid', 'guard-invalid', 'guard-invalid']
    assert.deepEqual(read(annotations), {settings: {}, codes: invalid})
  })

  it('reports settings that need a certificate', () => {
    assert.deepEqual(read({'tls-client-ca-secret': 'a', 'tls-min-version': '1.3'}).codes, [
      'tls-secret-needed',
      'setting-unused',
    ])
  })
})

describe('parseSecretName', () => {
  it('accepts the names that Kubernetes accepts', () => {
    assert.equal(parseSecretName('a.b-c.0'), 'a.b-c.0')
    for (const text of ['', 'A', 'a_b', '-a', 'a.', 'a/b', 'a'.repeat(64), `${'a.'.repeat(127)}a`])
      assert.equal(parseSecretName(text), undefined)
  })
})

describe('parseBackendTls', () => {
  it('accepts words and a name', () => {
    assert.deepEqual(
      ['off', 'insecure', 'verify a', 'verify', 'verify a b', 'on'].map((text) => parseBackendTls(text)),
      ['off', 'insecure', {secret: 'a'}, undefined, undefined, undefined],
    )
  })
})

describe('secretsNamedBy', () => {
  it('returns the names of all ports, each once', () => {
    const service = aService('web').annotated({
      'tls-secret': 'b',
      'tls-secret.https': 'a',
      'tls-client-ca-secret': 'b',
      'tls-to-backend': 'verify c',
      'tls-to-backend.https': 'insecure',
      'tls-min-version': '1.3',
      'tls-secret.broken': 'A B',
    })
    assert.deepEqual(
      secretsNamedBy(service.build()).map(({namespace, name}) => `${namespace}/${name}`),
      ['default/a', 'default/b', 'default/c'],
    )
  })
})

describe('secretReader', () => {
  const named = (name: string, secret: string) => aService(name).annotated({'tls-secret': secret})
  const read = secretReader(DEFAULT_INTENT_OPTIONS)
  const namesOf = (...services: ReturnType<typeof aService>[]) =>
    read(services.map((service) => service.build())).map(({name}) => name)

  it('returns the Secrets of the Services that are served, each once', () => {
    assert.deepEqual(namesOf(named('b', 'x'), named('a', 'y'), named('c', 'y'), aService('d')), ['y', 'x'])
    assert.deepEqual(namesOf(named('a', 'x').notOurs()), [])
  })

  it('begins with the oldest Service', () => {
    const old = named('z', 'old').with({creationTimestamp: '2025-01-01T00:00:00Z'})
    const unknown = named('a', 'new').without('creationTimestamp')
    assert.deepEqual(namesOf(unknown, old), ['old', 'new'])
  })
})
