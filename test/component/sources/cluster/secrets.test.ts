/** The Secrets that Services name, from an API server: each is read and watched by its name, and no other one is. */
import assert from 'node:assert/strict'
import {secretReader} from '../../../../src/core/intent/named-secrets.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import type {ClusterSource} from '../../../../src/sources/cluster/cluster-source.js'
import {certificateText} from '../../../support/certificates.js'
import {useCluster} from './cluster-in-use.js'

const service = (name: string, secret?: string) => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: {
    namespace: 'shop',
    name,
    annotations: {
      'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
      ...(secret !== undefined && {'loadbalancer.lbex/tls-secret': secret}),
    },
  },
  spec: {ports: [{name: 'https', port: 443}], clusterIP: '10.96.0.1'},
})

const encode = (file: string): string => Buffer.from(certificateText(file)).toString('base64')

const secret = (name: string, pair = 'web') => ({
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: {namespace: 'shop', name},
  type: 'kubernetes.io/tls',
  data: {'tls.crt': encode(`${pair}.pem`), 'tls.key': encode(`${pair}.key`)},
})

describe('Secrets of a cluster', () => {
  const use = useCluster()
  const secretsOf = secretReader(DEFAULT_INTENT_OPTIONS)

  async function open(): Promise<ClusterSource> {
    use.api.put(service('web', 'certificate'))
    return use.open(undefined, secretsOf)
  }

  /** What is known of each Secret. */
  async function read(source: ClusterSource): Promise<Record<string, string>> {
    const {secrets = []} = (await source.read(use.signal)).snapshot
    return Object.fromEntries(
      secrets.map((each) => {
        if ('unreadable' in each) return [each.ref.name, each.unreadable.why]
        const {certificate} = each
        return [each.ref.name, 'problem' in certificate ? certificate.problem : certificate.credential.hash]
      }),
    )
  }

  const requests = () =>
    use.api.requests
      .filter(({plural}) => plural === 'secrets')
      .map(({verb, path, query}) => [verb, path, query.get('fieldSelector') ?? ''].join(' '))

  it('are read by name, and no others', async () => {
    use.api.put(secret('certificate'))
    use.api.put(secret('other', 'web-renewed'))
    const source = await open()
    assert.deepEqual(Object.keys(await read(source)), ['certificate'])
    await use.watching(4)
    assert.equal(use.api.count('list', 'secrets'), 0)
    assert.deepEqual(
      new Set(requests()),
      new Set([
        'get /api/v1/namespaces/shop/secrets/certificate ',
        'watch /api/v1/namespaces/shop/secrets metadata.name=certificate',
      ]),
    )
  })

  it('change when they are renewed, deleted and created', async () => {
    use.api.put(secret('certificate'))
    const source = await open()
    let changes = 0
    const before = await read(source)
    void source.watch(() => (changes += 1), use.signal)
    await use.watching(4)
    use.api.put(secret('certificate', 'web-renewed'))
    await use.until('the renewal', () => changes === 1)
    const renewed = await read(source)
    assert.notEqual(renewed['certificate'], before['certificate'])
    use.api.remove(secret('certificate'))
    await use.until('the deletion', () => changes === 2)
    assert.deepEqual(await read(source), {})
    use.api.put(secret('certificate'))
    await use.until('the creation', () => changes === 3)
    assert.deepEqual(await read(source), before)
  })

  it('are not watched any more when no Service names them', async () => {
    use.api.put(secret('certificate'))
    const source = await open()
    void source.watch(() => {}, use.signal)
    await read(source)
    await use.watching(4)
    use.api.put(service('web'))
    await use.until('the end of the watch', async () => {
      assert.ok(await read(source))
      return use.api.openWatches === 3
    })
    assert.deepEqual(await read(source), {})
  })

  it('that lbex may not read affect nothing else, and name the missing rule', async () => {
    use.api.put(secret('certificate'))
    use.api.forbidden.add('get secrets')
    const source = await open()
    const {snapshot} = await source.read(use.signal)
    assert.equal(snapshot.services.length, 1)
    const [denied] = snapshot.secrets ?? []
    assert.deepEqual(denied && 'unreadable' in denied && denied.unreadable, {
      why: 'forbidden',
      rule: 'grant it with this rule in a Role of the namespace shop: {apiGroups: [""], resources: ["secrets"], resourceNames: ["certificate"], verbs: ["get", "watch"]}',
    })
    use.api.forbidden.delete('get secrets')
    source.retryNow()
    await use.until('the Secret', async () => (await read(source))['certificate'] !== 'forbidden')
  })

  it('are not more than lbex can watch', async () => {
    for (let index = 0; index < 101; index += 1)
      use.api.put(service(`web-${String(index).padStart(3, '0')}`, `secret-${index}`))
    const source = await use.open(undefined, secretsOf)
    assert.deepEqual(await read(source), {'secret-100': 'limit'})
  })
})
