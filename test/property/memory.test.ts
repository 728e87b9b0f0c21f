/** Caches do not affect results: a translator with filled caches and a new one return the same, whatever was translated before. */
import assert from 'node:assert/strict'
import fc, {type Arbitrary} from 'fast-check'
import {translateInSteps} from '../../src/cli/run/translate.js'
import type {ClusterSnapshot, Coverage} from '../../src/core/cluster/snapshot.js'
import {UNKNOWN_HOST_STATE, type HostState} from '../../src/core/model/host-state.js'
import {anEndpoint} from '../support/builders.js'
import {createPipeline, hostOf, translate, translateWith, type TestOptions} from '../support/translate.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {anyOptions, cloneOf, cluster, coverage, node, service, slice, someHost} from './clusters.js'

type Kind = 'services' | 'endpointSlices' | 'nodes'
type Edit = {
  readonly kind: Kind
  readonly at: number
  readonly object: ClusterSnapshot[Kind][number] | undefined
  /** True if an object that is there gets the settings, endpoints or addresses of `object` and stays the same otherwise. */
  readonly amends: boolean
}
/** A change of the cluster (or none), its coverage, and the state of the host. */
type Moment = {readonly edit: Edit | undefined; readonly coverage: Coverage; readonly host: HostState}

const editOf = (kind: Kind, object: Arbitrary<ClusterSnapshot[Kind][number]>): Arbitrary<Edit> =>
  fc.record({
    kind: fc.constant(kind),
    at: fc.nat(),
    object: fc.option(object, {nil: undefined, freq: 4}),
    amends: fc.boolean(),
  })

const edit = fc.oneof(editOf('services', service), editOf('endpointSlices', slice), editOf('nodes', node))
const moment: Arbitrary<Moment> = fc.record({
  edit: fc.option(edit, {nil: undefined, freq: 2}),
  coverage,
  host: someHost,
})
const series = fc.array(moment, {minLength: 1, maxLength: 6})

/** All other objects keep their identity. */
function apply(snapshot: ClusterSnapshot, {edit: change, coverage: known}: Moment): ClusterSnapshot {
  if (!change) return {...snapshot, coverage: known}
  const {kind, at, object, amends} = change
  const objects: ClusterSnapshot[Kind][number][] = [...snapshot[kind]]
  const place = at % (objects.length + 1)
  const old = objects[place]
  const changed = amends && old && object ? amended(old, object) : object
  objects.splice(place, 1, ...(changed === undefined ? [] : [changed]))
  return {...snapshot, [kind]: objects, coverage: known}
}

/** `old` with a part of `other`, which is an object of the same kind. */
function amended<O extends ClusterSnapshot[Kind][number]>(old: O, other: object): O {
  const part = Object.entries(other).filter(([name]) => AMENDED.has(name) && Object.hasOwn(old, name))
  const isOtherFamily =
    'addressType' in old && 'addressType' in other && old.addressType !== other.addressType
  return {...old, ...(isOtherFamily ? {endpoints: []} : Object.fromEntries(part))}
}

const AMENDED: ReadonlySet<string> = new Set(['annotations', 'endpoints', 'ready', 'addresses'])

/** The result of a new translator for new objects. */
function cold(snapshot: ClusterSnapshot, options: TestOptions, host: HostState) {
  const {lastGood, ...others} = host
  const copy = {...structuredClone(others), ...(lastGood && {lastGood})}
  return translate(cloneOf(snapshot), {...options, host: copy})
}

describe('the cached results of a translator', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('equal new results after any series of changes of cluster and host', () => {
    check(
      fc.property(cluster, anyOptions, series, (start, options, moments) => {
        const warm = createPipeline(options)
        let snapshot = start
        for (const next of moments) {
          snapshot = apply(snapshot, next)
          assert.deepEqual(translateWith(warm, snapshot, next.host), cold(snapshot, options, next.host))
        }
      }),
    )
  })

  it('are not shared by translators with different options', () => {
    check(
      fc.property(cluster, fc.tuple(anyOptions, anyOptions), series, (start, variants, moments) => {
        const pairs = variants.map((options) => ({options, warm: createPipeline(options)}))
        let snapshot = start
        for (const next of moments) {
          snapshot = apply(snapshot, next)
          for (const {options, warm} of pairs)
            assert.deepEqual(translateWith(warm, snapshot, next.host), cold(snapshot, options, next.host))
        }
      }),
      50,
    )
  })

  it('equal new results also after translations that were abandoned or interleaved', () => {
    check(
      fc.property(cluster, anyOptions, series, fc.nat(30), (start, options, moments, steps) => {
        const warm = createPipeline(options)
        const begin = (snapshot: ClusterSnapshot, host: HostState) => {
          const work = translateInSteps(warm, snapshot, host)
          for (let step = 0; step < steps; step += 1) if (work.next().done) return []
          return work
        }
        let snapshot = start
        for (const next of moments) {
          const {host} = next
          const interleaved = [begin(snapshot, host)]
          snapshot = apply(snapshot, next)
          interleaved.push(begin(snapshot, host), begin(snapshot, UNKNOWN_HOST_STATE))
          begin(snapshot, host)
          for (const work of interleaved) for (const _ of work);
          assert.deepEqual(translateWith(warm, snapshot, host), cold(snapshot, options, host))
        }
      }),
      60,
    )
  })

  it('are the same objects if nothing changed, so that no file is written again', () => {
    check(
      fc.property(cluster, anyOptions, series, (start, options, moments) => {
        const warm = createPipeline(options)
        let snapshot = start
        for (const next of moments) {
          snapshot = apply(snapshot, next)
          const first = translateWith(warm, snapshot, next.host)
          const second = translateWith(warm, {...snapshot}, {...next.host})
          assert.equal(second.loadBalancer, first.loadBalancer)
          assert.equal(second.files.length, first.files.length)
          assert.ok(second.files.every((file, index) => file === first.files[index]))
        }
      }),
    )
  })

  it('are kept for all other Services when the endpoints of one change', () => {
    check(
      fc.property(cluster, fc.nat(), anyOptions, (snapshot, at, options) => {
        fc.pre(snapshot.endpointSlices.length > 0)
        const index = at % snapshot.endpointSlices.length
        const before = snapshot.endpointSlices[index]
        assert.ok(before)
        const address = before.addressType === 'IPv4' ? '10.1.0.99' : 'fd00::99'
        const after = {...before, endpoints: [...before.endpoints, anEndpoint(address).on('n1').build()]}
        const [warm, host] = [createPipeline(options), hostOf(options)]
        const {files} = translateWith(warm, snapshot, host)
        const endpointSlices = snapshot.endpointSlices.with(index, after)
        const changed = translateWith(warm, {...snapshot, endpointSlices}, host)
        // nginx.conf has no owner. It may change if the Service had no backend, and with one its listeners are the first with routes.
        const others = changed.files.filter(
          ({owners}) =>
            owners.length > 0 &&
            owners.every(
              ({name, namespace}) => name !== before.serviceName || namespace !== before.ref.namespace,
            ),
        )
        assert.deepEqual(
          others.filter((file) => !files.includes(file)),
          [],
        )
      }),
    )
  })
})
