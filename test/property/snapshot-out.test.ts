/** A snapshot that is written to a file and read again results in the same configuration. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type {EndpointSlice} from '../../src/core/cluster/objects.js'
import {COMPLETE} from '../../src/core/cluster/snapshot.js'
import {toList} from '../../src/core/cluster/to-list.js'
import {assemble} from '../../src/sources/manifests/assemble.js'
import {readManifest} from '../../src/sources/manifests/manifest-file.js'
import {translate} from '../support/translate.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {cluster, someOptions} from './clusters.js'

/** An Endpoints object has the name of its Service, no hints for zones, and no conditions except ready. */
function asObject(slice: EndpointSlice): EndpointSlice {
  return {
    ...slice,
    ref: {...slice.ref, name: slice.serviceName},
    endpoints: slice.endpoints.map(({zoneHints: _, ...endpoint}) => ({
      ...endpoint,
      conditions: {ready: endpoint.conditions.ready ?? true},
    })),
  }
}

describe('a snapshot that was written to a file', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('results in the same configuration and diagnostics', () => {
    let compared = 0
    check(
      fc.property(cluster, someOptions, (made, options) => {
        const services = made.services.filter(({refused}) => !refused)
        const endpoints = made.endpoints.map(asObject)
        // A file must not have private keys, so it has no Secrets.
        const snapshot = {...made, services, endpoints, secrets: [], coverage: COMPLETE}
        const again = assemble([readManifest('a.json', JSON.stringify(toList(snapshot)))], 'complete')
        // No cluster contains objects that the API server rejects.
        fc.pre(again.diagnostics.length === 0)
        compared += 1
        const [expected, actual] = [translate(snapshot, options), translate(again.snapshot, options)]
        assert.deepEqual(actual.files, expected.files)
        assert.deepEqual(
          actual.diagnostics.map(({code, message, object, hint}) => ({code, message, object, hint})),
          expected.diagnostics.map(({code, message, object, hint}) => ({code, message, object, hint})),
        )
      }),
    )
    assert.ok(compared >= 100, `${compared} clusters were compared`)
  })
})
