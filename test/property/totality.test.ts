/** There is a result for any snapshot, and NGINX would not reject it for any known reason. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {listenerId} from '../../src/core/model/listener-key.js'
import type {WrittenTranslation} from '../../src/controller/reconcile.js'
import {translate} from '../support/translate.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {cluster, someOptions} from './clusters.js'
import {wildCluster} from './wild.js'

/** Problems that NGINX would reject or silently misinterpret. */
function assertSound({loadBalancer, files, diagnostics}: WrittenTranslation): void {
  const {services, shared} = loadBalancer
  const parts = [...services, ...shared.map((each) => ({...each, listeners: [each.listener]}))]
  const listeners = parts.flatMap((part) => part.listeners.map(({key}) => listenerId(key)))
  assert.equal(new Set(listeners).size, listeners.length, 'no two listeners share a key')
  const names = parts.flatMap(({upstreams}) => upstreams.map(({name}) => name.toLowerCase()))
  assert.equal(new Set(names).size, names.length, 'names of upstreams are unique')
  assert.ok(
    shared.every(({owners}) => owners.length > 0),
    'every shared listener has an owner',
  )
  for (const {listeners: own, upstreams} of parts) {
    assert.ok(own.length > 0, 'no Service without a listener is in the list')
    assert.ok(
      upstreams.every(({servers}) => servers.length > 0),
      'every upstream has a server',
    )
    assert.deepEqual(
      [
        ...new Set(
          own.flatMap(({routes}) => routes.flatMap((route) => route.upstreams.map(({name}) => name))),
        ),
      ].sort(),
      upstreams.map(({name}) => name),
    )
  }
  const paths = files.map(({path}) => path)
  assert.equal(new Set(paths).size, paths.length, 'no two files share a path')
  const refused = diagnostics.filter(({code}) => code === 'value-refused').length
  assert.equal(files.length + refused, parts.length + 1, 'every Service has a file, or says why not')
}

describe('translate', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('never throws and returns a valid result, whatever annotations and fields contain', () => {
    check(
      fc.property(wildCluster, someOptions, (snapshot, options) => assertSound(translate(snapshot, options))),
      250,
    )
  })

  it('returns a valid result for clusters full of conflicts', () => {
    check(
      fc.property(cluster, someOptions, (snapshot, options) => assertSound(translate(snapshot, options))),
      250,
    )
  })

  it('exposes each requested port of a selected Service or reports why not', () => {
    check(
      fc.property(cluster, someOptions, (snapshot, options) => {
        const {loadBalancer, diagnostics} = translate(snapshot, {
          ...options,
          affinity: 'default',
          excludedNamespaces: [],
        })
        const heard = new Set([
          ...loadBalancer.services.map(({ref}) => ref),
          ...loadBalancer.shared.flatMap(({owners}) => owners.map(({ref}) => ref)),
          ...diagnostics.map(({object}) => object),
        ])
        const silent = snapshot.services.filter(
          ({ref, annotations, deletionTimestamp, refused}) =>
            !heard.has(ref) &&
            annotations['kubernetes.io/loadbalancer-class'] === 'loadbalancer-lbex' &&
            ['', options.servicePool].includes(annotations['loadbalancer.lbex/service-pool'] ?? '') &&
            deletionTimestamp === undefined &&
            refused === undefined,
        )
        assert.deepEqual(silent, [])
      }),
    )
  })
})
