/** Work that is remembered is worth what fresh work is. */
import assert from 'node:assert/strict'
import fc, {type Arbitrary} from 'fast-check'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {
  translate,
  translateInSteps,
  type TranslateOptions,
} from '../../src/dataplane/nginx/config/translate.js'
import {anEndpoint} from '../support/builders.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {cluster, node, service, slice, someOptions} from './clusters.js'

type Kind = 'services' | 'endpointSlices' | 'nodes'
type Edit = {
  readonly kind: Kind
  readonly at: number
  readonly object: ClusterSnapshot[Kind][number] | undefined
}

const editOf = (kind: Kind, object: Arbitrary<ClusterSnapshot[Kind][number]>): Arbitrary<Edit> =>
  fc.record({kind: fc.constant(kind), at: fc.nat(), object: fc.option(object, {nil: undefined, freq: 4})})

const edits = fc.array(
  fc.oneof(editOf('services', service), editOf('endpointSlices', slice), editOf('nodes', node)),
  {minLength: 1, maxLength: 6},
)

/** All other objects keep their identity. */
function apply(snapshot: ClusterSnapshot, {kind, at, object}: Edit): ClusterSnapshot {
  const objects: unknown[] = [...snapshot[kind]]
  objects.splice(at % (objects.length + 1), 1, ...(object === undefined ? [] : [object]))
  return {...snapshot, [kind]: objects}
}

/** Begins a translation, and leaves it after so many steps. */
function abandon(snapshot: ClusterSnapshot, options: TranslateOptions, steps: number): void {
  const work = translateInSteps(snapshot, options)
  for (let step = 0; step < steps; step += 1) work.next()
}

describe('what is remembered', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('equals what is worked out afresh, after any series of changes', () => {
    check(
      fc.property(
        cluster,
        fc.array(someOptions, {minLength: 1, maxLength: 2}),
        edits,
        (start, variants, series) => {
          let snapshot = start
          for (const edit of series) {
            snapshot = apply(snapshot, edit)
            for (const options of variants)
              assert.deepEqual(translate(snapshot, options), translate(structuredClone(snapshot), options))
          }
        },
      ),
    )
  })

  it('equals it also after translations that were left half-way, or went on side by side', () => {
    const variants = fc.tuple(someOptions, someOptions)
    check(
      fc.property(cluster, variants, edits, fc.nat(12), (start, [options, others], series, steps) => {
        let snapshot = start
        for (const edit of series) {
          const work = translateInSteps(snapshot, options)
          work.next()
          snapshot = apply(snapshot, edit)
          abandon(snapshot, others, steps)
          abandon(snapshot, options, steps)
          for (let step = work.next(); !step.done;) step = work.next()
          assert.deepEqual(translate(snapshot, options), translate(structuredClone(snapshot), options))
        }
      }),
    )
  })

  it('is kept for all other Services when the endpoints of one change', () => {
    check(
      fc.property(cluster, fc.nat(), someOptions, (snapshot, at, options) => {
        fc.pre(snapshot.endpointSlices.length > 0)
        const index = at % snapshot.endpointSlices.length
        const before = snapshot.endpointSlices[index]
        assert.ok(before)
        const address = before.addressType === 'IPv4' ? '10.1.0.99' : 'fd00::99'
        const after = {...before, endpoints: [...before.endpoints, anEndpoint(address).on('n1').build()]}
        const {files} = translate(snapshot, options)
        const changed = translate(
          {...snapshot, endpointSlices: snapshot.endpointSlices.with(index, after)},
          options,
        )
        const others = changed.files.filter(
          ({owner}) => owner?.name !== before.serviceName || owner.namespace !== before.ref.namespace,
        )
        assert.deepEqual(
          others.filter((file) => !files.includes(file)),
          [],
        )
      }),
    )
  })
})
