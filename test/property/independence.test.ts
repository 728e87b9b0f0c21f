/** A Service, however invalid, does not change what another one serves, except by getting a listener or a host that both request. */
import assert from 'node:assert/strict'
import {isDeepStrictEqual} from 'node:util'
import fc from 'fast-check'
import {listenerId} from '../../src/core/model/listener-key.js'
import {allUpstreams, ownedListeners} from '../../src/core/model/owned-listeners.js'
import type {DiagnosticCode} from '../../src/diagnostics/catalogue.js'
import type {ObjectRef} from '../../src/diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import type {WrittenTranslation} from '../../src/controller/reconcile.js'
import {translate, type TestOptions} from '../support/translate.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {cluster, service, someOptions} from './clusters.js'
import {wildCluster} from './wild.js'

const nameOf = ({namespace, name}: ObjectRef) => `${namespace}/${name}`

/** What each Service serves: its routes with a backend, with the settings that apply to them and their servers. */
function servedBy({loadBalancer}: WrittenTranslation): Map<string, Record<string, object>> {
  const upstreams = new Map(allUpstreams(loadBalancer).map((upstream) => [upstream.name, upstream]))
  const served = new Map<string, Record<string, object>>()
  for (const {listener} of ownedListeners(loadBalancer)) {
    for (const {owner, match, servicePort, upstreams: targets, sourceRanges} of listener.routes) {
      if (targets.length === 0) continue
      const {servers, settings} = upstreams.get(targets[0]?.name ?? '') ?? {}
      const applied = {...listener.settings, ...(sourceRanges && {sourceRanges})}
      const id = `${listenerId(listener.key)} ${JSON.stringify(match)} ${servicePort}`
      served.set(nameOf(owner), {...served.get(nameOf(owner)), [id]: {applied, servers, settings}})
    }
  }
  return served
}

/** Services that served something else, or nothing more, after other Services were added. */
function changed(
  snapshot: ClusterSnapshot,
  more: ClusterSnapshot['services'],
  options: TestOptions,
): string[] {
  const before = servedBy(translate(snapshot, options))
  const after = servedBy(translate({...snapshot, services: [...more, ...snapshot.services]}, options))
  return [...before]
    .filter(([name, routes]) => !isDeepStrictEqual(after.get(name), routes))
    .map(([name]) => name)
}

const CONFLICTS: readonly DiagnosticCode[] = ['port-conflict', 'host-conflict', 'shared-settings-differ']

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
          .filter(({code}) => CONFLICTS.includes(code))
          .map(({object}) => nameOf(object))
        const silent = changed(snapshot, [other], options).filter((name) => !told.includes(name))
        assert.deepEqual(silent, [])
      }),
      250,
    )
  })
})
