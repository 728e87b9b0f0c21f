/** A Service, however invalid, does not change the file of another one, except by getting a listener that both request. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type {ObjectRef} from '../../src/diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import type {WrittenTranslation} from '../../src/controller/reconcile.js'
import {translate, type TestOptions} from '../support/translate.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {cluster, service, someOptions} from './clusters.js'
import {wildCluster} from './wild.js'

const nameOf = ({namespace, name}: ObjectRef) => `${namespace}/${name}`

const filesOf = ({files}: WrittenTranslation) =>
  new Map(files.flatMap((file) => file.owners.map((owner) => [nameOf(owner), file.text] as const)))

/** Services whose file changed or disappeared after other Services were added. */
function changed(
  snapshot: ClusterSnapshot,
  more: ClusterSnapshot['services'],
  options: TestOptions,
): string[] {
  const before = filesOf(translate(snapshot, options))
  const after = filesOf(translate({...snapshot, services: [...more, ...snapshot.services]}, options))
  return [...before].filter(([name, text]) => after.get(name) !== text).map(([name]) => name)
}

describe('another Service', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('that is younger does not affect other Services, whatever it contains', () => {
    check(
      fc.property(cluster, wildCluster, someOptions, (snapshot, wild, options) => {
        const names = new Set(snapshot.services.map(({ref}) => nameOf(ref)))
        const youngest = wild.services
          .filter(({ref}) => !names.has(nameOf(ref)))
          .map((one) => ({...one, creationTimestamp: '2099-01-01T00:00:00Z'}))
        const older = snapshot.services.map((one) => ({creationTimestamp: '2026-01-01T00:00:00Z', ...one}))
        assert.deepEqual(changed({...snapshot, services: older}, youngest, options), [])
      }),
    )
  })

  it('of any age affects only Services that lose a listener to it, which is reported', () => {
    check(
      fc.property(cluster, service, someOptions, (snapshot, other, options) => {
        fc.pre(!snapshot.services.some(({ref}) => nameOf(ref) === nameOf(other.ref)))
        const {diagnostics} = translate({...snapshot, services: [...snapshot.services, other]}, options)
        const told = diagnostics
          .filter(({code, related}) => code === 'port-conflict' && related?.[0]?.object === other.ref)
          .map(({object}) => nameOf(object))
        const silent = changed(snapshot, [other], options).filter((name) => !told.includes(name))
        assert.deepEqual(silent, [])
      }),
      250,
    )
  })
})
