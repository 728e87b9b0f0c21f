/** The order in which objects were read does not affect the result. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {assembleGeneration} from '../../src/dataplane/nginx/config/generation.js'
import {sortDiagnostics} from '../../src/diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {createPipeline, hostOf, translateWith, type TestOptions} from '../support/translate.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {addressPools, cloneOf, cluster, someOptions} from './clusters.js'

function everything(snapshot: ClusterSnapshot, options: TestOptions, pipeline = createPipeline(options)) {
  const {loadBalancer, files, diagnostics} = translateWith(pipeline, snapshot, hostOf(options))
  return {loadBalancer, generation: assembleGeneration(files), diagnostics: sortDiagnostics(diagnostics)}
}

const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], {minLength: items.length})

const pair = cluster.chain((snapshot) =>
  fc.record({
    snapshot: fc.constant(snapshot),
    other: fc.record({
      services: shuffled(snapshot.services),
      endpointSlices: shuffled(snapshot.endpointSlices),
      endpoints: shuffled(snapshot.endpoints),
      nodes: shuffled(snapshot.nodes),
      secrets: shuffled(snapshot.secrets ?? []),
      statusAddresses: fc.constant(new Map([...(snapshot.statusAddresses ?? [])].reverse())),
      coverage: fc.constant(snapshot.coverage),
    }),
  }),
)

const poolOptions = fc
  .tuple(someOptions, fc.boolean())
  .map(([options, hasPools]) => (hasPools ? {...options, addressPools} : options))

describe('shuffling the snapshot', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('does not change files and diagnostics', () => {
    check(
      fc.property(pair, poolOptions, ({snapshot, other}, options) => {
        assert.deepEqual(everything(cloneOf(other), options), everything(snapshot, options))
      }),
      250,
    )
  })

  it('does not change results that were cached in another order', () => {
    check(
      fc.property(pair, poolOptions, ({snapshot, other}, options) => {
        const pipeline = createPipeline(options)
        const before = everything(snapshot, options, pipeline)
        assert.deepEqual(everything(other, options, pipeline), before)
      }),
    )
  })
})
